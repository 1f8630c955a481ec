"""Doctors' fees: earned at issue by the shares agreed, taken back, paid out by another, never beyond what is owed."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from billing.errors import ReasonMissing, TenderInvalid
from billing.errors_fees import (
    FeeRuleInvalid,
    FeeRuleOverlaps,
    FeesOfOneself,
    FeesShort,
    PayoutByRequester,
    PayoutDecided,
)
from billing.models import FeeAccount, FeeMove, FeePayout, FeeRule, Posting, Service
from billing.queries.comparing import ledger_disagreements
from billing.queries.fees import statement_of
from billing.services.credits import approve_credit, request_credit
from billing.services.fees import agree_share, end_share
from billing.services.invoices import draft_invoice, issue_invoice, override_discount, void_invoice
from billing.services.payments import take_payment
from billing.services.payouts import decline_payout, pay_payout, request_payout
from core.clock import today
from core.ids import new_id
from core.money import KHR, USD, Money
from core.preferences import set_preference
from tests.factories import billing as make
from tests.factories.billing import usd


@pytest.fixture
def rate(samaki):
    return make.rate(4000)


def share(percent=None, fixed=None, category="consultation", service=None, **fields):
    """By the owner; 40 % of consultations from today unless said."""
    return agree_share(
        doctor=make.user("doctor"),
        service=Service.objects.get(code=service) if service else None,
        category=category,
        percent=D(40) if percent is None and fixed is None else percent,
        fixed=fixed,
        by=make.user("owner"),
        **{"valid_from": today(), **fields},
    )


def visit():
    return make.new_visit(practitioner=make.user("doctor"))


def issued(*amounts, **fields):
    """An issued invoice of a visit to the doctor."""
    seen, cashier = visit(), make.user("cashier")
    for amount, category in amounts or (("10.00", "consultation"),):
        make.charge(amount, visit=seen, category=category, **fields)
    return issue_invoice(invoice=draft_invoice(visit=seen, by=cashier), by=cashier)


def owed(currency="USD"):
    found = FeeAccount.objects.filter(doctor=make.user("doctor"), currency=currency).first()
    return found.balance if found else D(0)


def posted(key):
    return sum(Posting.objects.filter(account__key=key).values_list("amount", flat=True))


def account():
    return FeeAccount.objects.get(doctor=make.user("doctor"), currency="USD")


def ask(amount, by="accountant"):
    asker = make.user(by)
    return request_payout(account=account(), amount=D(amount), branch=make.new_visit().branch, by=asker)


def pay(payout, by="owner", method="bank", reference="TT-1", notes_in=USD):
    return pay_payout(payout=payout, method=method, notes_in=notes_in, reference=reference, by=make.user(by))


def test_a_share_is_earned_when_the_invoice_is_issued(rate):
    share()
    invoice = issued(("10.00", "consultation"), ("4.00", "laboratory"))
    assert owed() == D(4)
    assert (posted("expense.doctor_fees"), posted("doctor_fees")) == (D(4), D(-4))
    move = FeeMove.objects.get()
    assert (move.line.invoice, move.worth, move.entry.kind) == (invoice, D(10), "invoice_issued")
    assert not ledger_disagreements()


def test_without_a_share_or_a_doctor_nobody_earns(rate):
    issued()
    share()
    make.invoice(("10.00", "USD"))
    assert not FeeMove.objects.exists()


def test_a_share_of_the_service_goes_before_one_of_its_category(rate):
    code = make.price("10.00")
    share()
    share(fixed=Money(D(10_000), KHR), service=code)
    issued(("10.00", "consultation"), service_code=code, quantity=D(2))
    assert owed() == D(5)


def test_a_discount_lessens_the_share_and_a_fixed_fee_stays(rate, owner, cashier):
    code = make.price("20.00")
    share()
    share(fixed=Money(D(3), USD), service=code)
    seen = visit()
    make.charge("10.00", visit=seen)
    make.charge(visit=seen, service_code=code)
    draft = override_discount(invoice=draft_invoice(visit=seen, by=cashier), rate=D("0.5"), reason="-", by=owner)
    issue_invoice(invoice=draft, by=cashier)
    assert owed() == D(2) + D(3)


def test_a_share_is_of_the_price_without_its_vat(rate, owner):
    set_preference("billing.vat_registered", True, by=owner)
    set_preference("billing.vat_consultation", 10, by=owner)
    share()
    line = issued(("11.00", "consultation")).lines.get()
    assert (line.tax, FeeMove.objects.get().worth, owed()) == (D(1), D(10), D(4))


def test_an_invoice_in_riel_is_owed_in_riel(rate):
    share()
    issued(("10.00", "consultation"))
    seen, cashier = visit(), make.user("cashier")
    make.charge("10000", "KHR", visit=seen)
    issue_invoice(invoice=draft_invoice(visit=seen, by=cashier), by=cashier)
    assert (owed(), owed("KHR")) == (D(4), D(4000))


def test_a_void_takes_it_back(rate, accountant):
    share()
    void_invoice(invoice=issued(), reason="wrong patient", by=accountant)
    assert (owed(), posted("doctor_fees")) == (0, 0)
    assert FeeMove.objects.count() == 2
    assert not ledger_disagreements()


def test_credits_take_back_their_part_and_all_of_them_everything(rate, accountant, owner, cashier):
    share(percent=D("33.33"))
    make.shift(cashier)
    invoice = issued()
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    line, left = invoice.lines.get(), []
    for amount in ("3.33", "3.33", "3.34"):
        note = request_credit(invoice=invoice, amounts={line.pk: D(amount)}, reason="-", by=accountant)
        approve_credit(note=note, by=owner)
        left.append(owed())
    assert left == [D("2.22"), D("1.11"), D(0)]
    assert not ledger_disagreements()


def test_a_fixed_fee_of_a_free_line_stays_when_another_line_is_credited(rate, accountant, owner, cashier):
    free = make.price("0.00")
    share(fixed=Money(D(2), USD), service=free)
    make.shift(cashier)
    seen = visit()
    make.charge(visit=seen, service_code=free)
    make.charge("10.00", visit=seen)
    invoice = issue_invoice(invoice=draft_invoice(visit=seen, by=cashier), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    line = invoice.lines.get(net=D(10))
    note = request_credit(invoice=invoice, amounts={line.pk: D(10)}, reason="-", by=accountant)
    approve_credit(note=note, by=owner)
    assert owed() == D(2)


def test_shares_of_the_same_do_not_overlap(rate):
    first = share(valid_to=today() + timedelta(days=10))
    with pytest.raises(FeeRuleOverlaps):
        share(percent=D(10), valid_from=today() + timedelta(days=9))
    share(percent=D(10), valid_from=today() + timedelta(days=10))
    share(percent=D(10), category="laboratory")
    assert first.last_day == today() + timedelta(days=9)
    for wrong in ({"percent": D(101)}, {"fixed": Money(D(0), USD)}, {"percent": D(1), "fixed": Money(D(1), USD)}):
        with pytest.raises(FeeRuleInvalid):
            share(category="imaging", **wrong)


def test_a_share_ends_today_and_another_begins_tomorrow(rate, owner):
    rule = end_share(rule=share(), by=owner)
    issued()
    assert (rule.last_day, owed()) == (today(), D(4))
    share(percent=D(10), valid_from=today() + timedelta(days=1))
    planned = share(category="ward", valid_from=today() + timedelta(days=5))
    assert end_share(rule=planned, by=owner).valid_to == planned.valid_from


def test_nobody_agrees_asks_or_pays_for_themselves(rate, doctor, owner):
    rule = share()
    with pytest.raises(FeesOfOneself):
        agree_share(doctor=doctor, category="ward", percent=D(1), valid_from=today(), by=doctor)
    with pytest.raises(FeesOfOneself):
        end_share(rule=rule, by=doctor)
    issued()
    with pytest.raises(FeesOfOneself):
        ask(1, by="doctor")
    payout = ask(4)
    with pytest.raises(FeesOfOneself):
        pay(payout, by="doctor")
    with pytest.raises(PayoutByRequester):
        pay(payout, by="accountant")
    with pytest.raises(PayoutByRequester):
        decline_payout(payout=payout, reason="-", by=make.user("accountant"))


def test_a_transfer_is_recorded_by_somebody_else(rate):
    share()
    issued()
    with pytest.raises(TenderInvalid):
        pay(ask(1), reference="")
    payout = pay(ask(3))
    assert (owed(), posted("bank"), payout.status, payout.shift) == (D(1), D(-3), "paid", None)
    with pytest.raises(PayoutDecided):
        pay(payout)
    with pytest.raises(FeesShort):
        ask(2)
    assert not ledger_disagreements()


def test_cash_leaves_the_drawer_of_whoever_pays(rate, cashier):
    share(percent=D("45.50"))
    shift = make.shift(cashier)
    issued()
    payout = pay(ask("4.55"), by="cashier", method="cash", reference="")
    assert (payout.shift, owed()) == (shift, 0)
    assert posted("drawer") != 0
    assert not ledger_disagreements()


def test_what_was_paid_out_and_then_credited_is_made_up_for(rate, accountant, owner, cashier):
    share()
    make.shift(cashier)
    invoice = issued()
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    pay(ask(4))
    line = invoice.lines.get()
    note = request_credit(invoice=invoice, amounts={line.pk: D(10)}, reason="-", by=accountant)
    approve_credit(note=note, by=owner)
    assert owed() == D(-4)
    issued(("20.00", "consultation"))
    assert owed() == D(4)


def test_a_declined_payout_pays_nothing_and_says_why(rate, owner):
    share()
    issued()
    payout = ask(4)
    with pytest.raises(ReasonMissing):
        decline_payout(payout=payout, reason=" ", by=owner)
    assert decline_payout(payout=payout, reason="next month", by=owner).status == "declined"
    assert owed() == D(4)


def test_the_statement_of_a_month_adds_up(rate, doctor, accountant):
    share()
    issued()
    void_invoice(invoice=issued(), reason="-", by=accountant)
    pay(ask(1))
    month = today().replace(day=1)
    statement = statement_of(doctor, month)
    [row] = statement.columns
    figures = [money.amount for money in (row.before, row.earned, row.taken_back, row.paid, row.after)]
    assert figures == [0, D(8), D(-4), D(1), D(3)]
    assert statement.moves.count() == 4
    [later] = statement_of(doctor, (month + timedelta(days=32)).replace(day=1)).columns
    assert (later.before.amount, later.after.amount) == (D(3), D(3))


def test_the_database_refuses_what_the_services_refuse(rate, doctor, owner, accountant):
    rule = share()
    issued()
    payout = ask(4)
    facts = {"account": account(), "doctor": doctor, "branch": payout.branch, "currency": "USD"}
    for forbidden in (
        lambda: FeeAccount.objects.update(balance=100),
        lambda: FeeRule.objects.filter(pk=rule.pk).update(percent=D(90)),
        lambda: FeeRule.objects.all().delete(),
        lambda: FeePayout.objects.create(**facts, amount=D(5), requested_by=accountant),
        lambda: FeePayout.objects.create(**facts, amount=D(1), requested_by=doctor),
        lambda: FeePayout.objects.filter(pk=payout.pk).update(amount=D(1)),
        lambda: FeePayout.objects.filter(pk=payout.pk).update(
            status="paid", decided_by=accountant, number="DF-1", method="bank"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            forbidden()


def test_a_payout_is_paid_once_by_six_at_a_time(committed_db, race):
    make.have_rate()
    share()
    issued()
    payout = ask(4)
    outcome = race(lambda: pay(payout), times=6)
    assert [type(error) for error in outcome.errors] == [PayoutDecided] * 5
    assert (owed(), posted("bank")) == (0, D(-4))


def test_two_payouts_never_pay_more_than_is_owed(committed_db, race):
    make.have_rate()
    share()
    issued()
    first, second = ask(4), ask(3)
    outcome = race(lambda: pay(first), lambda: pay(second))
    assert [type(error) for error in outcome.errors] == [FeesShort]
    assert owed() in {D(0), D(1)}


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_the_owner_agrees_a_share_and_sees_the_statement(client_for, rate, doctor):
    office = client_for("owner")
    form = {"doctor": str(doctor.pk), "category": "consultation", "currency": "USD", "valid_from": f"{today()}"}
    assert office.post("/billing/fees/shares/new/", once(**form)).status_code == 422
    wrong = {"percent": "40", "service": "NOPE"}
    assert "not in the catalogue" in office.post("/billing/fees/shares/new/", once(**form, **wrong)).content.decode()
    assert office.post("/billing/fees/shares/new/", once(**form, percent="40")).status_code == 302
    again = office.post("/billing/fees/shares/new/", once(**form, percent="40"))
    assert "Another share of this doctor" in again.content.decode()
    issued()
    assert str(doctor) in office.get("/billing/fees/").content.decode()
    page = office.get(f"/billing/fees/{doctor.pk}/").content.decode()
    assert "40 %" in page
    assert office.get(f"/billing/fees/{doctor.pk}/?month=2026-13").status_code == 404
    assert office.get(f"/billing/fees/{doctor.pk}/?month=2026-01").status_code == 200
    rule = FeeRule.objects.get()
    assert office.post(f"/billing/fees/shares/{rule.pk}/end/", once()).status_code == 302
    assert client_for("accountant").get("/billing/fees/shares/new/").status_code == 403
    assert client_for("cashier").get("/billing/fees/").status_code == 403


def test_an_accountant_asks_and_the_owner_records_the_transfer(client_for, rate, doctor):
    share()
    issued()
    books, office = client_for("accountant"), client_for("owner")
    address = f"/billing/fees/{doctor.pk}/pay/"
    facts = {"account": str(account().pk)}
    assert "owes this doctor less" in books.post(address, once(**facts, amount="5")).content.decode()
    answer = books.post(address, once(**facts, amount="4"))
    assert answer.status_code == 302
    page = answer["Location"]
    assert "Somebody else" in books.get(page).content.decode()
    assert office.post(f"{page}pay/", once(method="bank")).status_code == 422
    assert office.post(f"{page}pay/", once(method="bank", reference="TT-9")).status_code == 302
    assert owed() == 0
    number = FeePayout.objects.get().number
    assert number in office.get("/billing/fees/payouts/").content.decode()
    assert number in books.get(f"/billing/fees/{doctor.pk}/").content.decode()


def test_a_cashier_pays_in_cash_and_may_decline(client_for, rate, cashier):
    share()
    issued()
    make.shift(cashier)
    desk, first, second = client_for("cashier"), ask(1), ask(1)
    page = f"/billing/fees/payouts/{first.pk}/"
    assert "cash_khr" in desk.get(page).content.decode()
    assert desk.post(f"{page}pay/", once(method="cash")).status_code == 302
    assert desk.post(f"/billing/fees/payouts/{second.pk}/decline/", once(reason="not today")).status_code == 302
    assert owed() == D(3)


def test_the_list_asks_as_much_for_three_moves_as_for_one(client_for, rate, doctor, query_count):
    share()
    issued()
    books, counts = client_for("accountant"), []
    for _time in range(2):
        books.get(f"/billing/fees/{doctor.pk}/")
        with query_count() as queries:
            books.get(f"/billing/fees/{doctor.pk}/")
        counts.append(queries.count)
        issued()
        issued()
    assert counts[0] == counts[1]
