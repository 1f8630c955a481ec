"""Another payer: what is not invoiced yet is priced anew."""

from datetime import timedelta
from decimal import Decimal as D

import pytest

from billing.models import Charge, Service
from billing.services.catalogue import set_unit
from billing.services.charges import capture_duration, sell_package
from billing.services.covers_of_visits import choose_coverage
from billing.services.invoices import draft_invoice, issue_invoice, remove_charge
from billing.services.packages import save_package
from billing.services.price_lists import add_price_list
from core.clock import freeze, now
from core.ids import new_id
from tests.factories import billing as make
from tests.factories import insurance as insure


@pytest.fixture
def dearer(samaki, owner):
    """Whoever is insured costs a fifth more."""
    make.have_rate()
    terms = {"payer": "insurance", "adjustment": "percent", "percent": D(20)}
    add_price_list(code="INS", names={"en": "Insurers"}, terms=terms, by=owner)


def test_another_payer_prices_what_is_not_invoiced_anew(dearer, cashier):
    invoiced = make.invoice(("7.00", "USD"), by=cashier)
    visit = invoiced.visit
    first = make.charge("10.00", visit=visit, quantity=D(2), text="in the ward")
    other = make.charge("5.00", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    remove_charge(invoice=draft, charge=other, by=cashier)
    card = insure.coverage(visit.patient, insure.contract(copay_rate="0.5"))
    assert choose_coverage(visit=visit, coverage=card, by=cashier) == 2
    first.refresh_from_db()
    again = Charge.objects.get(source_id=first.source_id, status="pending")
    assert (first.status, again.amount, again.detail) == ("cancelled", D(24), "in the ward")
    draft.refresh_from_db()
    assert (draft.subtotal, draft.covered, draft.total) == (D(24), D(12), D(12))
    assert invoiced.lines.get().charge.status == "invoiced"
    assert choose_coverage(visit=visit, coverage=card, by=cashier) == 0
    assert choose_coverage(visit=visit, coverage=None, by=cashier) == 2
    assert {one.amount for one in Charge.objects.filter(visit=visit, status="pending")} == {D(20), D(5)}


def test_a_charge_by_time_keeps_its_time_with_another_price(dearer, cashier, owner):
    code = make.price("24.00", category="ward")
    set_unit(service=Service.objects.get(code=code), unit="day", grace_minutes=0, by=owner)
    with freeze(now() + timedelta(days=3)):
        visit, ended = make.new_visit(), now()
        facts = {"source_kind": "test.stay", "source_id": new_id(), "service_code": code, "by": cashier}
        old = capture_duration(visit=visit, began=ended - timedelta(hours=30), ended=ended, **facts)
        choose_coverage(visit=visit, coverage=insure.coverage(visit.patient), by=cashier)
    new = Charge.objects.get(source_id=old.source_id, status="pending")
    assert (new.amount, new.explanation["lasted"]) == (D("57.60"), old.explanation["lasted"])


def test_packages_and_what_they_hold_keep_their_price(dearer, cashier, owner):
    code = make.price("10.00")
    made = save_package(
        package=None, version=0, code="PKG", names={"en": "P"}, amount=D(15), currency="USD", valid_days=9,
        parts={Service.objects.get(code=code): D(2)}, by=owner,
    )  # fmt: skip
    visit = make.new_visit()
    sell_package(package=made, visit=visit, by=cashier)
    issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)
    make.charge(service_code=code, visit=visit)
    sell_package(package=made, visit=visit, by=cashier)
    choose_coverage(visit=visit, coverage=insure.coverage(visit.patient), by=cashier)
    assert {one.amount for one in Charge.objects.filter(visit=visit, status="pending")} == {D(0), D(15)}


def test_the_desk_says_that_prices_changed(client_for, dearer):
    visit = make.charge("10.00").visit
    card, desk = insure.coverage(visit.patient), client_for("cashier")
    page = f"/billing/visits/{visit.pk}/cover/"
    assert "priced anew" in desk.get(page).content.decode()
    answer = desk.post(f"{page}choose/", {"_once": str(new_id()), "coverage": str(card.pk)}, follow=True)
    assert "1 charge has another price now." in answer.content.decode()
