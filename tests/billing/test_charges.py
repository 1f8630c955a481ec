"""Charges are born from events, once, at the price of the day."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing.errors import ChargeAlreadyInvoiced, ChargeInvalid, ChargeNotPending, PriceMissing, ReasonMissing
from billing.models import Charge, Price, Transition
from billing.queries import price_in_force, unpaid_charges, visit_is_settled
from billing.services.catalogue import set_price
from billing.services.charges import cancel_charge, capture, waive
from billing.services.invoices import draft_invoice
from core.clock import today
from core.ids import new_id
from tests.factories import billing as make


def test_an_event_is_charged_at_todays_price(samaki, doctor):
    visit = make.new_visit()
    code = make.price("12.50", category="laboratory")
    charge = capture(visit=visit, source_kind="lab.item", source_id=new_id(), service_code=code, by=doctor)
    assert (charge.amount, charge.currency, charge.category) == (Decimal("12.50"), "USD", "laboratory")
    assert charge.patient_id == visit.patient_id
    assert charge.text == f"Service {code}"


def test_a_charge_explains_itself(samaki):
    charge = make.charge("2.50", quantity=Decimal(3))
    told = charge.explanation
    assert Decimal(told["quantity"]) * Decimal(told["unit_price"]) == Decimal(told["amount"]) == charge.amount
    assert told["price_id"] == str(charge.price_id)
    assert (told["source_kind"], told["source_id"]) == (charge.source_kind, str(charge.source_id))


def test_the_same_event_is_charged_once(samaki):
    event = {"source_kind": "lab.item", "source_id": new_id()}
    visit, code = make.new_visit(), make.price()
    first = make.charge(visit=visit, service_code=code, **event)
    assert make.charge(visit=visit, service_code=code, **event) == first
    assert Charge.objects.filter(**event).count() == 1


def test_a_cancelled_event_may_be_charged_again(samaki, doctor):
    first = make.charge()
    event = {"source_kind": first.source_kind, "source_id": first.source_id}
    cancel_charge(**event, reason="ordered by mistake", by=doctor)
    again = make.charge(visit=first.visit, service_code=first.service_code, **event)
    assert again.pk != first.pk
    assert again.status == "pending"


def test_a_code_without_a_price_takes_the_general_one(samaki):
    set_price(code="CONS", name="Consultation", category="consultation", amount=Decimal(5), currency="USD")
    charge = make.charge(service_code="CONS-ENT")
    assert (charge.service_code, charge.amount) == ("CONS-ENT", Decimal(5))
    assert charge.explanation["rule"] == "general"


def test_a_service_without_a_price_is_refused(samaki):
    with pytest.raises(PriceMissing):
        make.charge(service_code="UNHEARD-OF")


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_or_less_cannot_be_charged(samaki, quantity):
    with pytest.raises(ChargeInvalid):
        make.charge(quantity=Decimal(quantity))


def test_the_text_of_a_charge_is_frozen_in_three_languages(samaki):
    from django.utils import translation

    set_price(
        code="XR",
        name={"en": "Chest X-ray", "km": "ថតសួត", "zh-hans": "胸部X光"},
        category="imaging",
        amount=Decimal(9),
        currency="USD",
    )
    charge = make.charge(service_code="XR")
    set_price(code="XR", name={"en": "Renamed"}, category="imaging", amount=Decimal(9), currency="USD")
    charge.refresh_from_db()
    for language, text in (("en", "Chest X-ray"), ("km", "ថតសួត"), ("zh-hans", "胸部X光")):
        with translation.override(language):
            assert charge.text == text


def test_a_charge_keeps_its_price_when_the_list_changes(samaki):
    charge = make.charge("10.00")
    set_price(code=charge.service_code, amount=Decimal(20), currency="USD")
    charge.refresh_from_db()
    assert charge.amount == Decimal(10)
    assert price_in_force(charge.service_code).amount == Decimal(20)


def test_cancelling_needs_a_reason_and_tells_history(samaki, doctor):
    charge = make.charge()
    event = {"source_kind": charge.source_kind, "source_id": charge.source_id}
    with pytest.raises(ReasonMissing):
        cancel_charge(**event, reason=" ", by=doctor)
    cancel_charge(**event, reason="sample lost", by=doctor)
    row = Transition.objects.get(subject_id=charge.pk, verb="cancel")
    assert (row.from_status, row.to_status, row.reason, row.by) == ("pending", "cancelled", "sample lost", doctor)


def test_an_event_that_was_never_charged_is_cancelled_quietly(samaki, doctor):
    assert cancel_charge(source_kind="lab.item", source_id=new_id(), reason="none", by=doctor) is None


def test_an_invoiced_charge_cannot_be_cancelled(samaki, doctor):
    invoice = make.invoice()
    charge = invoice.lines.get().charge
    with pytest.raises(ChargeAlreadyInvoiced):
        cancel_charge(source_kind=charge.source_kind, source_id=charge.source_id, reason="too late", by=doctor)


def test_cancelling_takes_the_line_off_the_draft(samaki, doctor, cashier):
    make.rate()
    visit = make.new_visit()
    gone, stays = make.charge("10.00", visit=visit), make.charge("4.00", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    cancel_charge(source_kind=gone.source_kind, source_id=gone.source_id, reason="not done", by=doctor)
    draft.refresh_from_db()
    assert draft.total == Decimal(4)
    assert [line.charge for line in draft.lines.all()] == [stays]


def test_a_waived_charge_settles_the_visit_and_cannot_be_waived_again(samaki, owner):
    charge = make.charge()
    assert not visit_is_settled(charge.visit)
    waive(charge=charge, reason="family in hardship", by=owner)
    assert visit_is_settled(charge.visit)
    assert not unpaid_charges(charge.visit).exists()
    with pytest.raises(ChargeNotPending):
        waive(charge=charge, reason="again", by=owner)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE billing_charge SET amount = 1", "UPDATE billing_charge SET text_en = 'x'", "DELETE FROM billing_charge"],
)
def test_raw_sql_cannot_rewrite_a_charge(samaki, statement):
    make.charge()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- Prices  ---


def test_a_new_price_ends_the_one_before(samaki):
    code = make.price("10.00")
    set_price(code=code, amount=Decimal(12), currency="USD", valid_from=today() + timedelta(days=3))
    assert price_in_force(code).amount == Decimal(10)
    assert price_in_force(code, today() + timedelta(days=2)).amount == Decimal(10)
    assert price_in_force(code, today() + timedelta(days=3)).amount == Decimal(12)


def test_a_price_set_before_a_planned_one_ends_where_that_begins(samaki):
    code = make.price("10.00")
    set_price(code=code, amount=Decimal(12), currency="USD", valid_from=today() + timedelta(days=9))
    set_price(code=code, amount=Decimal(11), currency="USD", valid_from=today() + timedelta(days=3))
    amounts = [price_in_force(code, today() + timedelta(days=days)).amount for days in (0, 3, 8, 9)]
    assert amounts == [Decimal(10), Decimal(11), Decimal(11), Decimal(12)]


def test_a_price_corrected_on_its_first_day_keeps_both_versions(samaki):
    code = make.price("10.00")
    set_price(code=code, amount=Decimal(11), currency="USD")
    set_price(code=code, amount=Decimal(12), currency="KHR")
    assert Price.objects.filter(service__code=code).count() == 3
    assert (price_in_force(code).amount, price_in_force(code).currency) == (Decimal(12), "KHR")


def test_setting_the_price_it_has_changes_nothing(samaki):
    code = make.price("10.00")
    set_price(code=code, amount=Decimal("10.00"), currency="USD")
    assert Price.objects.filter(service__code=code).count() == 1


def test_the_database_refuses_two_prices_at_a_time(samaki):
    code = make.price("10.00")
    price = Price.objects.get(service__code=code)
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.create(
            service=price.service, price_list=price.price_list, amount=1, currency="USD", valid_from=today()
        )


def test_a_price_that_was_charged_cannot_be_edited(samaki):
    code = make.price("10.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.filter(service__code=code).update(amount=1)
