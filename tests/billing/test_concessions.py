"""Letting somebody off: promotions, discounts that another approves, and funds that pay for the poor."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Branch
from billing import pricing
from billing.errors import (
    AlreadyDecided,
    ConcessionWaits,
    DecidesOwn,
    DiscountUnapproved,
    FundShort,
    InvoiceNotDraft,
    PromotionUnknown,
    PromotionUsedUp,
    ReasonMissing,
)
from billing.models import Concession, Fund, Invoice, Posting, Promotion
from billing.queries.comparing import ledger_disagreements
from billing.services import journal
from billing.services.concessions import (
    approve_concession,
    ask_discount,
    ask_exemption,
    decline_concession,
    drop_exemption,
)
from billing.services.credits import approve_credit, request_credit
from billing.services.funds import confirm_grant, decline_grant, enter_grant, open_fund
from billing.services.invoices import draft_invoice, issue_invoice, override_discount, refresh_draft, void_invoice
from billing.services.payments import take_payment
from billing.services.promotions import enter_promotion, save_promotion
from core.clock import today
from core.ids import new_id
from core.money import KHR, USD, Money
from core.preferences import set_preference
from notifications.models import Notice
from patients.models import Patient
from tests.factories import billing as make
from tests.factories.billing import usd


@pytest.fixture
def rate(samaki):
    return make.rate(4000)


def promotion(code="KNY", **terms):
    terms = {"rate": D("0.2"), "valid_from": today(), "is_automatic": True, **terms}
    if terms.get("amount"):
        terms["rate"] = None
    facts = {"version": 0, "names": {"en": f"Promotion {code}"}, "by": make.user("owner")}
    return save_promotion(promotion=None, terms={"code": code, **terms}, **facts)


def draft(*amounts, visit=None):
    visit = visit or make.new_visit()
    for amount, category in amounts or (("10.00", "consultation"),):
        make.charge(amount, visit=visit, category=category)
    return draft_invoice(visit=visit, by=make.user("cashier"))


def fund(amount="100", currency="USD", code="POOR"):
    accountant, owner = make.user("accountant"), make.user("owner")
    made = open_fund(code=code, names={"en": "Fund"}, currency=currency, by=accountant)
    grant = enter_grant(fund=made, amount=D(amount), received_in="bank", donor="A donor", by=accountant)
    confirm_grant(grant=grant, branch=Branch.objects.first(), by=owner)
    made.refresh_from_db()
    return made


def exempt(invoice, made, share="0.5"):
    asked = ask_exemption(invoice=invoice, fund=made, rate=D(share), reason="no income", by=make.user("cashier"))
    approve_concession(concession=asked, by=make.user("owner"))
    invoice.refresh_from_db()
    return invoice


def issue_and_check(invoice, by):
    """Issue, and let the database look at what it would look at when committing."""
    issue_invoice(invoice=invoice, by=by)
    connection.check_constraints()


def posted(invoice, account, currency="USD"):
    rows = Posting.objects.filter(entry__invoice=invoice, account__key=account, currency=currency)
    return sum(rows.values_list("amount", flat=True), D(0))


# --- The arithmetic ---

AMOUNTS = st.lists(st.integers(1, 10**7).map(lambda cents: Money(D(cents) / 100, USD)), min_size=1, max_size=8)
SHARES = st.integers(0, 10_000).map(lambda share: D(share) / 10_000)


@settings(max_examples=200, deadline=None)
@given(AMOUNTS, SHARES, SHARES)
def test_discount_and_exemption_add_up_to_the_cent_and_leave_no_line_below_nothing(prices, discount, share):
    bill = pricing.bill(prices, currency=USD, rate=D(4000), discount_rate=discount)
    left = [amount - cut for amount, cut in zip(bill.amounts, bill.discounts, strict=True)]
    parts = pricing.exemptions(left, share, USD)
    assert sum(bill.discounts) == bill.discount
    assert sum(parts) == pricing.quantize(bill.total * share, USD)
    assert all(0 <= part <= net for part, net in zip(parts, left, strict=True))


@settings(max_examples=200, deadline=None)
@given(AMOUNTS, st.data(), SHARES, st.integers(1, 10**9))
def test_a_promotion_takes_nothing_off_what_does_not_take_part(prices, data, share, riel):
    part = data.draw(st.lists(st.booleans(), min_size=len(prices), max_size=len(prices)))
    for terms in ({"share": share}, {"off": Money(D(riel), KHR)}):
        cuts = pricing.promotion_cuts(prices, part, currency=USD, rate=D(4000), **terms)
        for price, takes, cut in zip(prices, part, cuts, strict=True):
            assert 0 <= cut <= (price.amount if takes else 0)


# --- Promotions ---


def test_a_promotion_for_everybody_takes_its_share_of_its_categories(rate, cashier):
    promotion(rate=D("0.2"), categories=["laboratory"])
    invoice = draft(("10.00", "consultation"), ("5.00", "laboratory"))
    assert (invoice.discount_source, invoice.discount, invoice.total) == ("promotion", D(1), D(14))
    assert [line.discount for line in invoice.lines.order_by("position")] == [D(0), D(1)]
    issue_invoice(invoice=invoice, by=cashier)
    assert posted(invoice, "discount.promotion") == D(1)
    assert ledger_disagreements() == []


def test_the_better_of_membership_and_promotion_is_taken(rate, owner):
    from crm.services.points import credit_points

    visit = make.new_visit()
    event = {"source_kind": "test", "source_id": new_id(), "by": owner}
    credit_points(family=visit.patient.family, amount_usd=D(1500), **event)  # silver, 5 %
    promotion("SMALL", rate=D("0.04"))
    assert draft(visit=visit).discount_source == "tier"
    promotion("LARGE", amount=D(3), currency="USD")
    invoice = draft(visit=visit)
    assert (invoice.discount_source, invoice.promotion.code, invoice.discount) == ("promotion", "LARGE", D(3))


def test_a_code_is_typed_and_counts_only_while_it_runs(rate, cashier):
    promotion("FRIENDS", is_automatic=False, amount=D(8000), currency="KHR", valid_to=today() + timedelta(days=1))
    invoice = draft()
    assert invoice.discount == 0
    invoice = enter_promotion(invoice=invoice, code=" friends ", by=cashier)
    assert invoice.discount == D(2)
    assert enter_promotion(invoice=invoice, code="", by=cashier).discount == 0
    with pytest.raises(PromotionUnknown):
        enter_promotion(invoice=invoice, code="NOBODY", by=cashier)


def test_a_promotion_is_counted_at_issue_and_given_back_by_a_void(rate, cashier, accountant):
    made = promotion(usage_limit=1)
    first, second = draft(), draft()
    issue_invoice(invoice=first, by=cashier)
    with pytest.raises(PromotionUsedUp):
        issue_invoice(invoice=second, by=cashier)
    second.refresh_from_db()
    assert (second.status, refresh_draft(invoice=second, by=cashier).discount) == ("draft", 0)
    void_invoice(invoice=first, reason="wrong patient", by=accountant)
    made.refresh_from_db()
    assert made.used == 0
    assert refresh_draft(invoice=second, by=cashier).discount == D(2)


def test_the_last_use_of_a_promotion_is_taken_once_by_eight_at_a_time(committed_db, race):
    make.rate(4000)
    promotion(usage_limit=3)
    drafts = [draft() for _ in range(8)]
    cashier = make.user("cashier")
    outcome = race(*[lambda one=one: issue_invoice(invoice=one, by=cashier) for one in drafts])
    assert len(outcome.results) == 3
    assert all(isinstance(error, PromotionUsedUp) for error in outcome.errors), outcome.errors
    assert Promotion.objects.get().used == 3
    assert Invoice.objects.filter(status="issued", discount=D(2)).count() == 3


# --- Discounts that another approves ---


def test_a_small_discount_counts_at_once_and_a_large_one_waits(rate, cashier, owner):
    invoice = draft()
    assert ask_discount(invoice=invoice, rate=D("0.05"), reason="waited long", by=cashier) is None
    invoice.refresh_from_db()
    assert invoice.discount == D("0.50")
    asked = ask_discount(invoice=invoice, rate=D("0.3"), reason="waited longer", by=cashier)
    invoice.refresh_from_db()
    assert invoice.discount == D("0.50")
    assert Notice.objects.filter(user=owner, kind="concession").exists()
    approve_concession(concession=asked, by=owner)
    invoice = issue_invoice(invoice=invoice, by=cashier)
    assert (invoice.discount, invoice.discount_by, invoice.discount_approved_by) == (D(3), cashier, owner)
    assert posted(invoice, "discount.granted") == D(3)


def test_who_asks_does_not_decide_and_nothing_is_decided_twice(rate, owner, accountant):
    invoice = draft()
    asked = ask_discount(invoice=invoice, rate=D("0.5"), reason="a friend", by=owner)
    with pytest.raises(ConcessionWaits):
        ask_discount(invoice=invoice, rate=D("0.6"), reason="a friend", by=owner)
    with pytest.raises(DecidesOwn):
        approve_concession(concession=asked, by=owner)
    with pytest.raises(ReasonMissing):
        decline_concession(concession=asked, reason=" ", by=accountant)
    decline_concession(concession=asked, reason="no", by=accountant)
    with pytest.raises(AlreadyDecided):
        approve_concession(concession=asked, by=accountant)
    invoice.refresh_from_db()
    assert invoice.discount == 0


def test_whoever_grants_much_alone_does_not_issue(rate, owner, cashier):
    invoice = override_discount(invoice=draft(), rate=D("0.5"), reason="staff", by=owner)
    with pytest.raises(DiscountUnapproved):
        issue_invoice(invoice=invoice, by=owner)
    assert issue_invoice(invoice=invoice, by=cashier).status == "issued"


def test_the_database_keeps_four_eyes_whatever_the_program_does(rate, cashier, owner, monkeypatch):
    asked = ask_discount(invoice=draft(), rate=D("0.5"), reason="a friend", by=cashier)
    with pytest.raises(IntegrityError), transaction.atomic():
        Concession.objects.filter(pk=asked.pk).update(status="approved", decided_by=cashier)
    with pytest.raises(IntegrityError), transaction.atomic():
        Concession.objects.filter(pk=asked.pk).update(rate=D("0.9"))
    invoice = override_discount(invoice=draft(), rate=D("0.06"), reason="staff", by=owner)
    monkeypatch.setattr("billing.services.invoices._check_discount", lambda invoice, by: None)
    with pytest.raises(IntegrityError, match="approved by nobody"), transaction.atomic():
        issue_and_check(invoice, owner)
    set_preference("billing.discount_limit", 10, by=owner)
    issue_and_check(invoice, owner)


# --- Funds ---


def test_a_grant_counts_when_somebody_else_confirms_it(rate, accountant, owner):
    made = open_fund(code="POOR", names={"en": "Fund"}, currency="USD", by=accountant)
    grant = enter_grant(fund=made, amount=D(50), received_in="safe", donor="A donor", by=accountant)
    with pytest.raises(DecidesOwn):
        confirm_grant(grant=grant, branch=Branch.objects.first(), by=accountant)
    made.refresh_from_db()
    assert made.balance == 0
    confirm_grant(grant=grant, branch=Branch.objects.first(), by=owner)
    with pytest.raises(AlreadyDecided):
        decline_grant(grant=grant, reason="twice", by=owner)
    made.refresh_from_db()
    assert made.balance == D(50)
    assert sum(Posting.objects.filter(account=made.account).values_list("amount", flat=True)) == D(-50)


def test_a_fund_pays_its_share_at_issue_and_the_patient_the_rest(rate, cashier):
    make.shift(cashier)
    made = fund("100")
    invoice = exempt(draft(("10.00", "consultation"), ("5.00", "laboratory")), made, "0.6")
    assert (invoice.exempted, invoice.total) == (D(9), D(6))
    made.refresh_from_db()
    assert made.balance == D(100)
    invoice = issue_invoice(invoice=invoice, by=cashier)
    take_payment(invoice=invoice, tenders=[usd(6)], by=cashier)
    made.refresh_from_db()
    invoice.refresh_from_db()
    assert (made.balance, invoice.status) == (D(91), "paid")
    assert posted(invoice, "fund.poor") == D(9)
    assert ledger_disagreements() == []


def test_a_fund_in_riel_pays_a_bill_in_dollars_at_its_rate(rate, cashier):
    made = fund("100000", "KHR")
    invoice = issue_invoice(invoice=exempt(draft(), made), by=cashier)
    made.refresh_from_db()
    assert made.balance == D(80_000)
    assert posted(invoice, "exchange") == D(5)
    assert posted(invoice, "exchange", "KHR") == D(-20_000)
    connection.check_constraints()


def test_a_void_and_a_credit_give_the_fund_its_part_back(rate, cashier, accountant, owner):
    make.shift(cashier)
    made = fund("100")
    void_invoice(
        invoice=issue_invoice(invoice=exempt(draft(), made), by=cashier), reason="wrong patient", by=accountant
    )
    made.refresh_from_db()
    assert made.balance == D(100)
    invoice = issue_invoice(invoice=exempt(draft(("20.00", "laboratory")), made, "0.25"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(15)], by=cashier)
    invoice.refresh_from_db()
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D(3)}, reason="half done", by=cashier)
    approve_credit(note=note, by=accountant)
    made.refresh_from_db()
    assert made.balance == D(96)  # a quarter of the four dollars that were taken back
    assert ledger_disagreements() == []


def test_a_fund_promises_no_more_than_it_holds(rate, cashier, owner):
    made = fund("7")
    exempt(draft(), made)
    asked = ask_exemption(invoice=draft(), fund=made, rate=D("0.5"), reason="no income", by=cashier)
    with pytest.raises(FundShort):
        approve_concession(concession=asked, by=owner)


def test_an_exemption_taken_back_leaves_the_fund_alone(rate, cashier):
    made = fund("7")
    invoice = drop_exemption(invoice=exempt(draft(), made), by=cashier)
    assert (invoice.exempted, invoice.total, invoice.fund) == (0, D(10), None)
    issued = issue_invoice(invoice=invoice, by=cashier)
    with pytest.raises(InvoiceNotDraft):
        ask_exemption(invoice=issued, fund=made, rate=D("0.5"), reason="late", by=cashier)


def test_nobody_moves_a_fund_by_hand_or_exempts_without_approval(rate, cashier):
    made = fund("10")
    with pytest.raises(IntegrityError), transaction.atomic():
        Fund.objects.filter(pk=made.pk).update(balance=D(1000))
    invoice = draft()
    Invoice.objects.filter(pk=invoice.pk).update(fund=made, exempt_rate=D("0.5"))
    with pytest.raises(IntegrityError, match="approved by nobody"), transaction.atomic():
        issue_and_check(invoice, cashier)


def test_parallel_exemptions_never_overdraw_a_fund(committed_db, race, monkeypatch):
    make.rate(4000)
    made = fund("12")
    monkeypatch.setattr("billing.services.concessions.promised", lambda fund, besides: D(0))
    drafts = [exempt(draft(), made) for _ in range(6)]  # five dollars each: two fit
    cashier = make.user("cashier")
    outcome = race(*[lambda one=one: issue_invoice(invoice=one, by=cashier) for one in drafts])
    assert len(outcome.results) == 2
    assert all(isinstance(error, FundShort) for error in outcome.errors), outcome.errors
    made.refresh_from_db()
    assert made.balance == D(2)
    assert sum(Posting.objects.filter(account=made.account).values_list("amount", flat=True)) == D(-2)


def test_the_database_keeps_a_fund_above_nothing_whoever_posts(rate, cashier, monkeypatch):
    made = fund("4")
    monkeypatch.setattr("billing.services.concessions.promised", lambda fund, besides: D(-100))
    invoice = exempt(draft(), made)
    monkeypatch.setattr("billing.services.invoices.exemption_sides", blind_sides)
    with pytest.raises(IntegrityError, match="billing_fund_never_overdrawn"), transaction.atomic():
        issue_invoice(invoice=invoice, by=cashier)


def blind_sides(*, fund, amount, rate):
    return [journal.Side(fund.account.key, amount.currency, amount.amount)]


# --- Pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_a_cashier_asks_and_the_owner_approves(client_for, rate, cashier, owner):
    invoice = draft()
    desk, office = client_for("cashier"), client_for("owner")
    address = f"/billing/invoices/{invoice.pk}/discount/ask/"
    assert desk.post(address, once(percent="101", reason="x")).status_code == 422
    assert desk.post(address, once(percent="30", reason="waited long")).status_code == 302
    asked = Concession.objects.get()
    page = f"/billing/concessions/{asked.pk}/"
    assert "waited long" in desk.get(page).content.decode()
    assert desk.post(f"{page}approve/", once()).status_code == 403
    assert invoice.patient.mrn in office.get("/billing/concessions/").content.decode()
    assert invoice.patient.mrn in office.get("/").content.decode()
    assert office.post(f"{page}approve/", once()).status_code == 302
    asked.refresh_from_db()
    assert asked.status == "approved"
    assert "7.00" in desk.get(f"/billing/invoices/{invoice.pk}/").content.decode()


def test_who_decides_reads_how_the_bill_of_a_restricted_patient_came_about(client_for, rate, cashier):
    invoice = draft()
    Patient.objects.filter(pk=invoice.patient_id).update(confidentiality="restricted")
    explain = f"/billing/charges/{invoice.lines.get().charge_id}/explain/"
    books = client_for("accountant")
    assert books.get(explain).status_code == 404
    ask_discount(invoice=invoice, rate=D("0.5"), reason="no income", by=cashier)
    assert books.get(explain).status_code == 200


def test_an_exemption_is_asked_for_and_declined_with_a_reason(client_for, rate, cashier):
    made, invoice = fund("50"), draft()
    desk, office = client_for("cashier"), client_for("accountant")
    address = f"/billing/invoices/{invoice.pk}/exemption/ask/"
    assert "50.00" in desk.get(address).content.decode()
    assert desk.post(address, once(percent="50", reason="no income", fund=str(made.pk))).status_code == 302
    asked = Concession.objects.get(kind="exemption")
    office.post(f"/billing/concessions/{asked.pk}/decline/", once(reason="has a card"))
    assert "has a card" in desk.get(f"/billing/concessions/{asked.pk}/").content.decode()


def test_an_issue_that_comes_too_late_for_a_promotion_says_so(client_for, rate, cashier):
    promotion(usage_limit=1)
    first, late = draft(), draft()
    issue_invoice(invoice=first, by=cashier)
    desk = client_for("cashier")
    answer = desk.post(f"/billing/invoices/{late.pk}/issue/", once(version=late.version), follow=True)
    assert "was used up meanwhile" in answer.content.decode()
    late.refresh_from_db()
    assert (late.status, late.total) == ("draft", D(10))


def test_the_owner_sets_up_a_promotion_and_a_cashier_types_its_code(client_for, rate, cashier):
    office, desk = client_for("owner"), client_for("cashier")
    form = {"code": "KNY", "name_en": "New Year", "valid_from": str(today()), "currency": "USD"}
    answer = office.post("/billing/promotions/new/", once(**form))
    assert "Give either a percentage or an amount." in answer.content.decode()
    assert (
        "NOPE" in office.post("/billing/promotions/new/", once(**form, percent="10", services="NOPE")).content.decode()
    )
    assert office.post("/billing/promotions/new/", once(**form, percent="10", usage_limit="5")).status_code == 302
    made = Promotion.objects.get()
    edited = once(**form, percent="20", usage_limit="5", version="1")
    assert office.post(f"/billing/promotions/{made.pk}/", edited).status_code == 302
    assert "New Year" in desk.get("/billing/promotions/").content.decode()
    assert desk.get("/billing/promotions/new/").status_code == 403
    invoice = draft()
    desk.post(f"/billing/invoices/{invoice.pk}/promotion/", once(code="kny"))
    invoice.refresh_from_db()
    assert invoice.discount == D(2)


def test_an_accountant_opens_a_fund_and_another_confirms_the_grant(client_for, rate):
    books, office = client_for("accountant"), client_for("owner")
    assert books.post("/billing/funds/new/", once(code="POOR", name_en="Poor fund", currency="USD")).status_code == 302
    made = Fund.objects.get()
    page = f"/billing/funds/{made.pk}/"
    grant = {"amount": "75", "received_in": "bank", "donor": "A donor", "reference": "TR-1"}
    assert books.post(f"{page}grants/", once(**(grant | {"amount": "0"}))).status_code == 422
    assert books.post(f"{page}grants/", once(**grant)).status_code == 302
    confirm = f"/billing/funds/grants/{made.grants.get().pk}/confirm/"
    assert books.post(confirm, once()).status_code == 409
    assert office.post(confirm, once()).status_code == 302
    assert "75.00" in books.get(page).content.decode()
    assert client_for("cashier").get(page).status_code == 403


def test_the_owner_sets_the_limit_of_discounts(client_for, samaki):
    who = client_for("owner")
    page = who.get("/billing/concessions/rules/").content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    form = {
        "discount_limit": "12",
        "follow_up_days": "0",
        "follow_up_same": "doctor",
        "reason": "decided by the board",
        "seen": seen,
    }
    assert who.post("/billing/concessions/rules/", once(**form)).status_code == 302
    assert client_for("cashier").get("/billing/concessions/rules/").status_code == 403


def test_lists_cost_the_same_for_one_row_as_for_three(client_for, rate, cashier, query_count):
    who = client_for("owner")
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            ask_discount(invoice=draft(), rate=D("0.5"), reason="a friend", by=cashier)
        who.get("/billing/concessions/")
        with query_count() as queries:
            assert who.get("/billing/concessions/").status_code == 200
        counts.append(queries.count)
    assert counts[0] == counts[1]
