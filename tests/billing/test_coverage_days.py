"""The day of service decides what a payer takes, not the day of issue: cards, authorisations, limits of a year."""

import datetime
from decimal import Decimal as D

import pytest

from billing.models import Charge, Invoice
from billing.services.covers_of_visits import choose_coverage
from billing.services.drafts import draft_invoice, recompute
from billing.services.estimates import estimate
from billing.services.invoices import issue_invoice
from core.clock import today
from core.ids import new_id
from insurance.errors import CoverageEnded
from insurance.models import Authorisation, ContractRule, CoverageYear, LimitMove
from patients.models import Visit
from tests.factories import billing as make
from tests.factories import insurance as insure

DAY = datetime.timedelta(days=1)


@pytest.fixture
def visit(clock, samaki):
    """A visit of the third of March billed to a card; imaging needs an authorisation."""
    make.rate(4000)
    terms = insure.contract(year_cap=100)
    ContractRule.objects.create(contract=terms, category="imaging", needs_authorisation=True)
    visit = make.new_visit()
    insure.cover(visit, terms)
    return visit


def allow(visit, until, since=None):
    return Authorisation.objects.create(
        coverage=visit.coverage_row.coverage, scope="category:imaging", status="granted", number="PA-1",
        valid_from=since or today() - DAY, valid_to=until, requested_by=make.user("cashier"),
    )  # fmt: skip


def issued(visit):
    cashier = make.user("cashier")
    return issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)


def lasting(visit):
    Visit.objects.filter(pk=visit.pk).update(kind="inpatient")
    visit.refresh_from_db()
    return visit


def end_card(visit, day):
    card = visit.coverage_row.coverage
    card.valid_to = day
    card.save()
    return card


def test_an_authorisation_of_the_day_of_service_counts_when_issued_the_day_after(visit, clock):
    allow(visit, until=today())
    make.charge("30.00", visit=visit, category="imaging")
    clock.advance(days=1)
    invoice = issued(visit)
    assert (invoice.covered, invoice.lines.get().cover.get("authorisation")) == (D(30), None)


def test_one_that_begins_after_the_service_allows_nothing(visit, clock):
    make.charge("30.00", visit=visit, category="imaging")
    clock.advance(days=1)
    allow(visit, since=today(), until=today() + DAY)
    assert estimate(visit).covered.amount == 0
    line = issued(visit).lines.get()
    assert (line.covered, line.net, line.cover["authorisation"]) == (0, D(30), "missing")


def test_what_was_only_asked_for_allows_nothing(visit):
    allow(visit, until=today())
    Authorisation.objects.update(status="requested")
    make.charge("30.00", visit=visit, category="imaging")
    assert issued(visit).covered == 0


def test_a_stay_is_judged_by_the_day_of_each_charge(visit, clock):
    lasting(visit)
    allow(visit, until=today() + DAY)
    for _day in range(3):
        make.charge("30.00", visit=visit, category="imaging")
        clock.advance(days=1)
    assert [line.covered for line in issued(visit).lines.all()] == [D(30), D(30), 0]


def test_another_payers_prices_leave_the_day_of_a_charge_as_it_was(visit, clock):
    lasting(visit)
    allow(visit, until=today())
    card, code = visit.coverage_row.coverage, make.price("30.00", category="imaging")
    make.charge(visit=visit, service_code=code)
    clock.advance(days=1)
    make.price("40.00", code=code, category="imaging")
    choose_coverage(visit=visit, coverage=None, by=make.user("cashier"))
    choose_coverage(visit=visit, coverage=card, by=make.user("cashier"))
    assert {charge.created_at.date() for charge in Charge.objects.all()} == {visit.date}
    assert issued(visit).covered == D(30)


def test_a_december_visit_issued_in_january_takes_of_decembers_year(samaki, clock):
    make.rate(4000)
    clock.advance(days=302)  # the thirtieth of December
    seen = make.new_visit()
    insure.cover(seen, insure.contract(deductible=5, year_cap=20))
    make.charge("30.00", visit=seen)
    clock.advance(days=3)
    make.rate(4000)
    assert today().year == 2027
    assert issued(seen).covered == D(20)
    year = CoverageYear.objects.get()
    assert (year.year, year.used, year.deductible_used) == (2026, D(20), D(5))


def test_a_card_that_had_ended_before_the_visit_pays_nothing(visit, cashier):
    make.charge("30.00", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    assert draft.covered == D(30)
    card = end_card(visit, visit.date - DAY)
    with pytest.raises(CoverageEnded, match="2026-03-03"):
        issue_invoice(invoice=draft, by=cashier)
    assert not LimitMove.objects.exists()
    draft = recompute(Invoice.objects.get(pk=draft.pk))
    assert (draft.covered, draft.total, draft.lines.get().cover["coverage"]) == (0, D(30), "ended")
    choose_coverage(visit=visit, coverage=None, by=cashier)
    invoice = issue_invoice(invoice=draft, by=cashier)
    assert (invoice.total, invoice.coverage) == (D(30), None)
    assert not card.visits.exists()


def test_a_card_that_ended_after_the_visit_still_pays(visit, clock):
    make.charge("30.00", visit=visit)
    end_card(visit, visit.date)
    clock.advance(days=5)
    assert issued(visit).covered == D(30)


def test_a_contract_switched_off_since_pays_the_visits_it_was_chosen_for(visit):
    make.charge("30.00", visit=visit)
    contract = visit.coverage_row.coverage.contract
    contract.active = False
    contract.save()
    assert issued(visit).covered == D(30)


def test_a_stay_beyond_the_cards_last_day_is_the_patients_from_then_on(visit, clock):
    lasting(visit)
    end_card(visit, visit.date)
    for _day in range(2):
        make.charge("30.00", visit=visit)
        clock.advance(days=1)
    assert [line.covered for line in issued(visit).lines.all()] == [D(30), 0]


def test_the_cashier_is_told_and_chooses_who_pays(visit, client_for):
    make.charge("30.00", visit=visit)
    draft = draft_invoice(visit=visit, by=make.user("cashier"))
    desk, address = client_for("cashier"), f"/billing/invoices/{draft.pk}/"
    assert "does not hold on" not in desk.get(address).content.decode()
    end_card(visit, visit.date - DAY)
    page = desk.get(address).content.decode()
    assert "does not hold on 2026-03-03" in page
    assert f"/billing/visits/{visit.pk}/cover/" in page
    sent = desk.post(f"{address}issue/", {"_once": str(new_id()), "version": draft.version}, follow=True)
    assert "Choose under Who pays" in sent.content.decode()
    draft.refresh_from_db()
    assert (draft.status, draft.covered) == ("draft", 0)
