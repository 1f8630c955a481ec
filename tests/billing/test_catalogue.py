"""Prices that come with a whole catalogue."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Price, Service
from billing.services.catalogue import Offer, load_prices, set_price
from core.money import USD

pytestmark = pytest.mark.django_db


def offer(code, amount):
    return Offer(code, {"en": f"Service {code}", "km": f"សេវា {code}"}, "laboratory", Decimal(amount), USD)


def test_a_catalogue_brings_services_with_their_first_prices():
    load_prices([offer("NEW-1", "2.5"), offer("NEW-2", "4")], valid_from=date(2020, 1, 1))
    service = Service.objects.get(code="NEW-1")
    assert (service.name_en, service.name_km, service.category) == ("Service NEW-1", "សេវា NEW-1", "laboratory")
    price = Price.objects.get(service=service)
    assert (price.amount, price.valid_from, price.valid_to) == (Decimal("2.50"), date(2020, 1, 1), None)
    assert price.price_list.is_default


def test_loading_the_same_again_changes_nothing():
    for _ in range(2):
        load_prices([offer("NEW-1", "2.5")], valid_from=date(2020, 1, 1))
    assert Price.objects.filter(service__code="NEW-1").count() == 1


def test_a_service_that_is_there_gets_the_price_as_its_next_version():
    first = {"name": "Old", "category": "laboratory", "valid_from": date(2019, 1, 1)}
    set_price(code="NEW-1", amount=Decimal(1), currency=USD, **first)
    load_prices([offer("NEW-1", "2.5")], valid_from=date(2020, 1, 1))
    prices = Price.objects.filter(service__code="NEW-1").order_by("valid_from")
    assert [(one.amount, one.valid_to) for one in prices] == [(Decimal(1), date(2020, 1, 1)), (Decimal("2.5"), None)]


def test_two_hundred_prices_cost_as_many_statements_as_two(query_count):
    with query_count() as few:
        load_prices([offer(f"FEW-{number}", "1") for number in range(2)], valid_from=date(2020, 1, 1))
    with query_count() as many:
        load_prices([offer(f"MANY-{number}", "1") for number in range(200)], valid_from=date(2020, 1, 1))
    assert few.count == many.count
