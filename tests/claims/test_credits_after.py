"""A credit note after the payer's claim has ended: what goes back to the payer, the patient and the write-off."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.errors import CreditNotPossible, InvoiceClaimed
from billing.models import CreditNote, CreditPrint, EntryKind, Invoice, PayerShare
from billing.printing import drawn
from billing.queries.comparing import ledger_disagreements
from billing.services.covers import expected_back
from billing.services.covers_back import Back
from billing.services.credits import approve_credit, pay_refund, request_credit
from billing.services.payments import take_payment
from claims.errors import ClaimSettledInPart, ReturnBeyondCredit
from claims.models import Claim
from claims.queries import ageing, search_claims
from claims.services.answers import record_answer
from claims.services.claims import withdraw_claim
from claims.services.dispositions import approve_write_off, dispose
from claims.services.remittances import Paid, pay_back, post_remittance
from core.clock import today
from core.ids import new_id
from tests.claims.test_claims import make_claim_sent, posted, refuse, remit
from tests.factories import billing as make
from tests.factories import insurance as insure
from tests.factories.billing import usd


@pytest.fixture
def paid(insured, cashier):
    """An invoice over 50 and 10 dollars of which the patient paid 12 and a payer owes 40 and 8."""
    make.shift(cashier)
    invoice = insured()
    take_payment(invoice=invoice, tenders=[usd(12)], by=cashier)
    return invoice


@pytest.fixture
def claim(paid, accountant):
    return make_claim_sent(paid, accountant)


def credited(invoice, *amounts, cashier, accountant):
    """An approved credit note over so much of each line, whoever paid it."""
    lines = dict(zip(invoice.lines.values_list("pk", flat=True), map(D, amounts), strict=True))
    note = request_credit(invoice=invoice, amounts=lines, reason="not done", by=cashier)
    return approve_credit(note=note, by=accountant)


def share_of(invoice):
    return PayerShare.objects.get(invoice=invoice)


def test_what_the_payer_paid_is_owed_back_and_given_back_once(claim, paid, cashier, accountant, owner):
    remit(claim, "48", by=accountant)
    note = credited(paid, "50", "0", cashier=cashier, accountant=accountant)
    assert (note.owed_back, note.passed_back, note.written_back, note.to_refund) == (40, 0, 0, 10)
    paper = drawn(CreditPrint(credit_note=note, copy=1, paper="a5"), None)
    assert [str(money) for _words, money in paper["sums"]] == ["USD 50.00", "USD -40.00", "USD 10.00", "KHR 41,000"]
    assert share_of(paid).left_to_return.amount == 40
    assert posted(paid, "receivable.payers") == -40
    assert [one.total for one in ageing()] == [-40]
    assert [one.pk for one in search_claims(accountant, status="owed_back")] == [claim.pk]
    assert not ledger_disagreements()
    with pytest.raises(ReturnBeyondCredit), transaction.atomic():
        pay_back(claim=claim, amount=D("40.01"), given_on=today(), by=accountant)
    remittance = pay_back(claim=claim, amount=D(40), given_on=today(), reference="TT 1", by=accountant)
    claim.refresh_from_db()
    assert (claim.status, claim.paid, claim.returned, remittance.amount) == ("paid", 48, 40, -40)
    assert (posted(paid, "receivable.payers"), posted(paid, "bank")) == (0, 8)
    assert paid.entries.filter(kind=EntryKind.PAYER_RETURNED).count() == 1
    assert not search_claims(accountant, status="owed_back")
    assert not ledger_disagreements()


def test_a_payer_keeps_it_off_its_next_payment(claim, paid, insured, cashier, accountant):
    remit(claim, "48", by=accountant)
    credited(paid, "50", "10", cashier=cashier, accountant=accountant)
    visit = make.new_visit()
    insure.cover(visit, claim.coverage.contract)
    other = make_claim_sent(make.invoice(("100.00", "USD"), visit=visit, by=cashier), accountant)
    rows = [Paid(other, D(80)), Paid(claim, D(-48))]
    whole = {"payer": claim.payer, "currency": "USD", "received_on": today(), "by": accountant}
    remittance = post_remittance(rows=rows, digest="netted", **whole)
    claim.refresh_from_db()
    assert (remittance.amount, claim.returned) == (32, 48)
    assert share_of(paid).left_to_return.amount == 0
    with pytest.raises(ReturnBeyondCredit), transaction.atomic():
        post_remittance(rows=[Paid(claim, D("-0.01"))], digest="again", **whole)
    assert not ledger_disagreements()


def test_an_invoice_the_patient_has_not_paid_is_credited_once_its_claim_ended(insured, cashier, accountant):
    make.shift(cashier)
    invoice = insured()
    with pytest.raises(CreditNotPossible):  # it is voided instead
        credited(invoice, "50", "10", cashier=cashier, accountant=accountant)
    remit(make_claim_sent(invoice, accountant), "48", by=accountant)
    invoice = Invoice.objects.get(pk=invoice.pk)
    note = credited(invoice, "50", "0", cashier=cashier, accountant=accountant)
    invoice.refresh_from_db()
    assert (note.owed_back, note.to_refund, invoice.status, invoice.balance) == (40, 0, "issued", 2)
    note = credited(invoice, "0", "10", cashier=cashier, accountant=accountant)
    invoice.refresh_from_db()
    assert (note.owed_back, note.to_refund, invoice.status, invoice.balance) == (8, 0, "paid", 0)
    assert not ledger_disagreements()


def test_a_row_below_zero_says_what_is_wrong_with_it(claim, paid, cashier, accountant):
    withdraw_claim(claim=claim, reason="wrong batch", by=accountant)
    again = make_claim_sent(paid, accountant)
    remit(again, "48", by=accountant)
    credited(paid, "50", "0", cashier=cashier, accountant=accountant)
    for wrong, amount, currency in ((claim, "-40", "USD"), (again, "-10", "KHR")):
        with pytest.raises(ReturnBeyondCredit), transaction.atomic():
            remit(wrong, amount, by=accountant, currency=currency, digest="wrong")


def test_money_in_riel_goes_back_whole(claim, paid, cashier, accountant):
    remit(claim, "196800", by=accountant, currency="KHR")
    credited(paid, "0", "10", cashier=cashier, accountant=accountant)
    remit(claim, "-32800", by=accountant, currency="KHR", digest="back")
    assert share_of(paid).returned == 8
    assert not ledger_disagreements()


def test_what_the_patient_took_over_goes_back_to_the_patient(claim, paid, cashier, accountant, owner):
    record_answer(claim=claim, refused=refuse(claim, "0", "8"), by=accountant)
    dispose(claim=claim, kind="pass_on", amount=D(8), reason="not covered", by=accountant)
    take_payment(invoice=paid, tenders=[usd(8)], by=cashier)
    remit(claim, "40", by=accountant)
    note = credited(paid, "0", "10", cashier=cashier, accountant=accountant)
    assert (note.owed_back, note.passed_back, note.to_refund, note.money.amount) == (0, 8, 10, 10)
    paper = drawn(CreditPrint(credit_note=note, copy=1, paper="a5"), None)
    assert [str(cells[-1]) for cells in paper["lines"]] == ["USD 10.00"]
    assert [str(money) for _words, money in paper["sums"]] == ["USD 10.00", "KHR 41,000"]
    pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    paid.refresh_from_db()
    assert (paid.balance, posted(paid, "receivable.patients"), posted(paid, "receivable.payers")) == (0, 0, 0)
    other = credited(paid, "50", "0", cashier=cashier, accountant=accountant)
    assert (other.owed_back, other.passed_back, other.to_refund) == (40, 0, 10)
    assert not ledger_disagreements()


def test_a_debt_taken_over_and_not_paid_yet_is_gone(claim, paid, cashier, accountant):
    record_answer(claim=claim, refused=refuse(claim, "40", "8"), by=accountant)
    dispose(claim=claim, kind="pass_on", amount=D(48), reason="not covered", by=accountant)
    note = credited(paid, "50", "10", cashier=cashier, accountant=accountant)
    assert (note.owed_back, note.passed_back, note.to_refund) == (0, 48, 12)
    paid.refresh_from_db()
    assert (paid.status, paid.balance) == ("paid", -12)
    assert not ledger_disagreements()


def test_a_write_off_is_undone_with_what_it_was_for(claim, paid, cashier, accountant, owner):
    record_answer(claim=claim, refused=refuse(claim, "0", "8"), by=accountant)
    asked = dispose(claim=claim, kind="write_off", amount=D(8), reason="poor", by=accountant)
    approve_write_off(disposition=asked, by=owner)
    remit(claim, "40", by=accountant)
    note = credited(paid, "0", "5", cashier=cashier, accountant=accountant)
    assert (note.owed_back, note.passed_back, note.written_back, note.to_refund) == (0, 0, 4, 1)
    assert posted(paid, "payer_loss") == 4
    assert not ledger_disagreements()


def test_a_scheme_is_owed_its_fee_back(samaki, cashier, accountant):
    make.rate(4100)
    make.shift(cashier)
    rate = insure.scheme()
    visit = make.new_visit()
    insure.cover(visit, card=insure.coverage(visit.patient, rate.contract), case_rate=rate)
    invoice = make.invoice(("100000", "KHR"), visit=visit, by=cashier)
    claim = make_claim_sent(invoice, accountant)
    fee = claim.amount
    remit(claim, str(fee), by=accountant, currency="KHR")
    note = credited(invoice, "100000", cashier=cashier, accountant=accountant)
    assert note.owed_back == fee
    assert posted(invoice, "receivable.payers", "KHR") == -fee
    assert not ledger_disagreements()


def test_an_open_claim_is_withdrawn_or_ends_first(claim, paid, cashier, accountant):
    record_answer(claim=claim, refused={}, by=accountant)
    with pytest.raises(InvoiceClaimed):
        credited(paid, "50", "0", cashier=cashier, accountant=accountant)
    remit(claim, "8", by=accountant)
    with pytest.raises(InvoiceClaimed):
        credited(paid, "50", "0", cashier=cashier, accountant=accountant)
    with pytest.raises(ClaimSettledInPart):
        withdraw_claim(claim=claim, reason="wrong", by=accountant)


def test_an_answered_claim_is_withdrawn_while_nothing_was_paid(claim, paid, cashier, accountant):
    record_answer(claim=claim, refused={}, by=accountant)
    withdraw_claim(claim=claim, reason="one line was wrong", by=accountant)
    credited(paid, "50", "0", cashier=cashier, accountant=accountant)
    anew = make_claim_sent(paid, accountant)
    assert anew.amount == 8
    remit(anew, "8", by=accountant)
    note = credited(paid, "0", "10", cashier=cashier, accountant=accountant)
    assert note.owed_back == 8
    assert not ledger_disagreements()


def test_the_approver_sees_where_it_goes(claim, paid, cashier, accountant, client_for):
    remit(claim, "48", by=accountant)
    lines = dict.fromkeys(paid.lines.values_list("pk", flat=True), D(10))
    note = request_credit(invoice=paid, amounts=lines, reason="not done", by=cashier)
    assert expected_back(note) == Back(owed=D(16))
    shown = client_for("accountant").get(f"/billing/credits/{note.pk}/").content.decode()
    assert "Owed back to the payer" in shown
    assert "16.00" in shown


def test_the_page_records_what_was_paid_back(claim, paid, cashier, accountant, client_for):
    remit(claim, "48", by=accountant)
    credited(paid, "50", "0", cashier=cashier, accountant=accountant)
    who, page = client_for("accountant"), f"/claims/claims/{claim.pk}/"
    assert "Pay back to the payer" in who.get(page).content.decode()
    facts = {"_once": str(new_id()), "given_on": today().isoformat(), "reference": "TT 7"}
    wrong = who.post(f"{page}return/", {**facts, "_once": str(new_id()), "amount": "40.01"})
    assert (wrong.status_code, wrong.context["return_form"].errors.keys()) == (422, {"amount"})
    for _twice in range(2):
        assert who.post(f"{page}return/", {**facts, "amount": "40.00"}).status_code == 302
    claim.refresh_from_db()
    assert claim.returned == 40
    assert "Pay back to the payer" not in who.get(page).content.decode()
    assert client_for("cashier").post(f"{page}return/", {**facts, "_once": str(new_id())}).status_code == 403


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_payershare SET owed_back = 1",
        "UPDATE billing_payershare SET owed_back = owed_back - 1",
        "UPDATE billing_payershare SET returned = 41",
        "UPDATE billing_creditnote SET owed_back = 0",
        "UPDATE claims_claim SET returned = 1",
        "UPDATE claims_claim SET paid = 49",
        "UPDATE claims_claim SET status = 'withdrawn'",
    ],
)
def test_raw_sql_changes_nothing_of_it(claim, paid, cashier, accountant, statement):
    remit(claim, "48", by=accountant)
    credited(paid, "50", "0", cashier=cashier, accountant=accountant)
    connection.check_constraints()
    with pytest.raises(IntegrityError):
        run_to_the_end(statement)


def run_to_the_end(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()


@pytest.mark.usefixtures("committed_db")
def test_what_is_owed_back_goes_one_way_once(samaki, cashier, accountant, race):
    make.rate(4100)
    make.shift(cashier)
    visit = make.new_visit()
    insure.cover(visit, insure.contract())
    invoice = make.invoice(("50.00", "USD"), visit=visit, by=cashier)
    claim = make_claim_sent(invoice, accountant)
    remit(claim, "50", by=accountant)
    credited(invoice, "50", cashier=cashier, accountant=accountant)
    outcome = race(
        *[lambda: pay_back(claim=claim, amount=D(50), given_on=today(), by=accountant)] * 3,
        lambda: remit(claim, "-50", by=accountant, digest="kept"),
    )
    assert len(outcome.results) == 1
    assert Claim.objects.get(pk=claim.pk).returned == 50
    assert not ledger_disagreements()


@pytest.mark.usefixtures("committed_db")
def test_settling_and_crediting_at_once_agree(samaki, cashier, accountant, race):
    make.rate(4100)
    make.shift(cashier)
    visit = make.new_visit()
    insure.cover(visit, insure.contract(copay_rate="0.2"))
    invoice = make.invoice(("50.00", "USD"), visit=visit, by=cashier)
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D(50)}, reason="not done", by=cashier)
    claim = make_claim_sent(invoice, accountant)
    race(lambda: remit(claim, "40", by=accountant), lambda: approve_credit(note=note, by=accountant))
    note = CreditNote.objects.get(pk=note.pk)
    if note.status == "requested":  # it came first and found an open claim
        note = approve_credit(note=note, by=accountant)
    assert (note.owed_back, note.to_refund) == (40, 10)
    assert not ledger_disagreements()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.integers(1, 9_999), min_size=1, max_size=4),
    copay=st.integers(0, 90),
    refused=st.lists(st.integers(0, 100), min_size=4, max_size=4),
    passed=st.integers(0, 100),
    steps=st.lists(st.integers(1, 99), min_size=1, max_size=3),
)
def test_all_credits_together_take_back_exactly_what_went(
    samaki, cashier, accountant, owner, prices, copay, refused, passed, steps
):
    with transaction.atomic():
        _settle_and_credit(cashier, accountant, owner, prices, copay, refused, passed, steps)
        transaction.set_rollback(True)


def _settle_and_credit(cashier, accountant, owner, prices, copay, refused, passed, steps):
    make.rate(4100)
    make.shift(cashier)
    visit = make.new_visit()
    insure.cover(visit, insure.contract(copay_rate=str(D(copay) / 100)))
    invoice = make.invoice(*((f"{D(price) / 100:.2f}", "USD") for price in prices), visit=visit, by=cashier)
    if invoice.total:
        take_payment(invoice=invoice, tenders=[usd(invoice.total, "card")], by=cashier)
    if not invoice.covered:
        return
    claim = make_claim_sent(invoice, accountant)
    lines = list(claim.lines.all())
    parts = [(line.amount * share / 100).quantize(D("0.01")) for line, share in zip(lines, refused, strict=False)]
    claim = record_answer(claim=claim, refused=refuse(claim, *map(str, parts)), by=accountant)
    over = (claim.rejected * passed / 100).quantize(D("0.01"))
    if over:
        dispose(claim=claim, kind="pass_on", amount=over, reason="x", by=accountant)
        take_payment(invoice=invoice, tenders=[usd(over, "card")], by=cashier)
    if claim.rejected - over:
        asked = dispose(claim=claim, kind="write_off", amount=claim.rejected - over, reason="x", by=accountant)
        approve_write_off(disposition=asked, by=owner)
    if claim.accepted:
        remit(claim, str(claim.accepted), by=accountant)
    left = {line.pk: line.worth for line in invoice.lines.all() if line.worth}
    for share in [*steps, 100]:
        wanted = {pk: (rest * share / 100).quantize(D("0.01")) for pk, rest in left.items()}
        wanted = {pk: amount for pk, amount in wanted.items() if amount}
        if wanted:
            note = request_credit(invoice=invoice, amounts=wanted, reason="x", by=cashier)
            approve_credit(note=note, by=accountant)
            left = {pk: rest - wanted.get(pk, D(0)) for pk, rest in left.items()}
    share, claim = share_of(invoice), Claim.objects.get(pk=claim.pk)
    assert (share.owed_back, share.passed_back, share.written_back) == (
        claim.paid,
        claim.transferred,
        claim.written_off,
    )
    invoice.refresh_from_db()
    assert -invoice.balance == invoice.paid
    assert not ledger_disagreements()
