"""Membership: points once per source, never below zero, tiers by points earned."""

from decimal import Decimal
from uuid import uuid4

import pytest

from crm.errors import NotEnoughPoints
from crm.models import FamilyMembership, PointEntry, Tier
from crm.queries import discount_for, standing_of
from crm.services.memberships import open_membership
from crm.services.points import credit_points, reverse_points, spend_points
from tests.factories.patients import patient


def credit(family, amount, by, source=None):
    return credit_points(
        family=family, amount_usd=Decimal(amount), source_kind="invoice", source_id=source or uuid4(), by=by
    )


@pytest.fixture
def family(samaki):
    return patient().family


@pytest.mark.django_db
def test_a_new_hospital_has_the_four_usual_tiers():
    assert [(tier.code, tier.threshold, tier.rate) for tier in Tier.objects.all()] == [
        ("bronze", 0, 0),
        ("silver", 1000, Decimal("0.05")),
        ("gold", 5000, Decimal("0.10")),
        ("platinum", 10000, Decimal("0.15")),
    ]


@pytest.mark.django_db
def test_points_open_the_membership_and_lift_the_tier(family, cashier):
    assert discount_for(family).rate == 0
    credit(family, "999.99", cashier)
    assert discount_for(family).rate == 0
    credit(family, "0.01", cashier)
    discount = discount_for(family)
    assert (discount.rate, discount.source) == (Decimal("0.05"), "tier:silver")
    assert "5" in discount.label
    assert standing_of(family).next_tier.code == "gold"


@pytest.mark.django_db
def test_the_same_source_gives_points_once(family, cashier):
    source = uuid4()
    first, second = credit(family, 40, cashier, source), credit(family, 40, cashier, source)
    assert first == second
    assert FamilyMembership.objects.get(family=family).balance == 40


@pytest.mark.django_db
def test_nothing_paid_gives_nothing(family, cashier):
    assert credit(family, "0.001", cashier) is None
    assert not PointEntry.objects.exists()


@pytest.mark.django_db
def test_a_refund_takes_back_no_more_than_is_there(family, cashier):
    credit(family, 100, cashier)
    spend_points(family=family, points=Decimal(90), source_kind="gift", source_id=uuid4(), by=cashier)
    entry = reverse_points(family=family, amount_usd=Decimal(100), source_kind="invoice", source_id=uuid4(), by=cashier)
    assert entry.points == -10
    assert FamilyMembership.objects.get(family=family).balance == 0


@pytest.mark.django_db
def test_points_cannot_be_overspent(family, cashier):
    credit(family, 10, cashier)
    with pytest.raises(NotEnoughPoints):
        spend_points(family=family, points=Decimal(11), source_kind="gift", source_id=uuid4(), by=cashier)
    assert PointEntry.objects.count() == 1


@pytest.mark.django_db
def test_the_database_itself_refuses_a_negative_balance_and_a_changed_entry(family, cashier):
    from django.db import DatabaseError, connection, transaction

    credit(family, 10, cashier)
    for statement in (
        "UPDATE crm_familymembership SET balance = -1",
        "UPDATE crm_pointentry SET points = 99",
        "DELETE FROM crm_pointentry",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_parallel_payments_lose_no_point(race, staff):
    family, by = patient().family, staff("cashier")
    outcome = race(lambda: credit(family, 10, by), times=8)
    assert not outcome.errors
    assert FamilyMembership.objects.get(family=family).balance == 80
    assert PointEntry.objects.order_by("-id").first().balance_after <= 80


def test_the_same_invoice_from_two_desks_gives_points_once(race, staff):
    family, by, source = patient().family, staff("cashier"), uuid4()
    race(lambda: credit(family, 10, by, source), times=6)
    assert FamilyMembership.objects.get(family=family).balance == 10


def test_two_desks_open_one_card(race, staff):
    family, by = patient().family, staff("cashier")
    outcome = race(lambda: open_membership(family=family, by=by).card_number, times=6)
    assert len(set(outcome.results)) == 1
    assert not outcome.errors


@pytest.mark.django_db
def test_the_card_and_the_points_stand_on_the_familys_page(family, cashier, client_for):
    desk = client_for("cashier")
    page = desk.get(f"/patients/families/{family.pk}/").content.decode()
    assert f"/members/families/{family.pk}/open/" in page
    answer = desk.post(f"/members/families/{family.pk}/open/", {"_once": str(uuid4())})
    assert answer.status_code == 302
    credit(family, 25, cashier)
    card = FamilyMembership.objects.get(family=family).card_number
    assert card in desk.get(f"/patients/families/{family.pk}/").content.decode()
    assert "25" in desk.get(f"/members/families/{family.pk}/points/").content.decode()


@pytest.mark.django_db
def test_the_history_costs_the_same_for_one_and_for_three(family, cashier, client_for, query_count):
    desk = client_for("cashier")
    credit(family, 5, cashier)
    desk.get(f"/members/families/{family.pk}/points/")
    with query_count() as one:
        desk.get(f"/members/families/{family.pk}/points/")
    credit(family, 6, cashier)
    credit(family, 7, cashier)
    with query_count() as three:
        desk.get(f"/members/families/{family.pk}/points/")
    assert three.count == one.count


@pytest.mark.django_db
def test_the_owner_changes_a_tier_and_a_cashier_does_not(client_for):
    silver = Tier.objects.get(code="silver")
    form = {
        "_once": str(uuid4()),
        "version": "1",
        "name_en": "Silver",
        "threshold": "800",
        "percent": "7.5",
        "active": "on",
    }
    assert client_for("cashier").post(f"/members/tiers/{silver.pk}/", form).status_code == 403
    assert client_for("owner").post(f"/members/tiers/{silver.pk}/", form).status_code == 302
    silver.refresh_from_db()
    assert (silver.threshold, silver.rate) == (800, Decimal("0.0750"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"percent": "101"}, "percent"),
        ({"threshold": "-1"}, "threshold"),
        ({"threshold": "1000"}, "threshold"),
        ({"name_en": ""}, "name_en"),
    ],
)
def test_an_impossible_tier_is_refused(client_for, changes, field):
    form = {"_once": str(uuid4()), "code": "new", "name_en": "New", "threshold": "50", "percent": "1", "active": "on"}
    answer = client_for("owner").post("/members/tiers/new/", {**form, **changes})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
