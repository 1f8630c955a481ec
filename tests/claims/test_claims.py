"""Claims from the invoice to their end: batches, answers, appeals, refusals, remittances, ageing."""

import json
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from billing.models import Posting
from billing.queries.comparing import ledger_disagreements
from billing.services.invoices import void_invoice
from billing.services.payments import take_payment
from claims.adapters.fhir import answers_in, as_bundle, as_claim
from claims.adapters.remittances import Unreadable, read_csv
from claims.adapters.table import as_csv
from claims.errors import (
    AppealTooLate,
    ApprovesOwnWriteOff,
    BatchEmpty,
    DispositionBeyondRefusal,
    DispositionDecided,
    NothingToClaim,
    PaymentBeyondClaim,
    RefusalBeyondLine,
    RemittanceTwice,
)
from claims.models import Claim, DenialReason, Disposition, Remittance
from claims.queries import ageing, claims_of_batch, to_claim
from claims.services.answers import Refusal, appeal, record_answer
from claims.services.batches import make_batch, submit_batch
from claims.services.claims import make_claim, withdraw_claim
from claims.services.dispositions import approve_write_off, decline_write_off, dispose
from claims.services.enclosures import enclosed_with
from claims.services.importing import RowsRefused, matched
from claims.services.remittances import Paid, post_remittance
from core import clock
from core.clock import today
from tests.factories import billing as make
from tests.factories import insurance as insure
from tests.factories.billing import usd


@pytest.fixture
def submitted(insured, accountant):
    claim = make_claim(invoice=insured(), by=accountant)
    submit_batch(batch=make_batch(payer=claim.payer, claims=[claim], by=accountant), by=accountant)
    claim.refresh_from_db()
    return claim


def refuse(claim, *amounts, code="D1"):
    denial = DenialReason.objects.get_or_create(code=code, defaults={"name": code})[0]
    return {line.pk: Refusal(D(amount), denial) for line, amount in zip(claim.lines.all(), amounts, strict=True)}


def remit(claim, paid, rejected="0", *, by, currency="USD", digest="d1"):
    rows = [Paid(claim, D(paid), D(rejected))]
    return post_remittance(payer=claim.payer, rows=rows, currency=currency, received_on=today(), digest=digest, by=by)


def posted(invoice, account, currency="USD"):
    rows = Posting.objects.filter(entry__invoice=invoice, account__key=account, currency=currency)
    return sum(rows.values_list("amount", flat=True), D(0))


# --- From the invoice to the payer ---


def test_a_claim_asks_for_the_payers_part_once(insured, accountant, cashier, owner):
    invoice = insured()
    assert [share.invoice_id for share in to_claim(cashier)] == [invoice.pk]
    claim = make_claim(invoice=invoice, by=cashier)
    assert (claim.amount, [line.amount for line in claim.lines.all()]) == (D(48), [D(40), D(8)])
    assert not to_claim(cashier)
    with pytest.raises(NothingToClaim):
        make_claim(invoice=invoice, by=cashier)
    withdraw_claim(claim=claim, reason="wrong card", by=cashier)
    again = make_claim(invoice=invoice, by=cashier)
    withdraw_claim(claim=again, reason="wrong card", by=cashier)
    void_invoice(invoice=invoice, reason="wrong card", by=owner)
    assert not ledger_disagreements()


def test_a_case_is_claimed_as_one_line_of_its_fee(samaki, cashier):
    make.rate(4100)
    rate, visit = insure.scheme("NSSF", "OPD"), make.new_visit()
    insure.cover(visit, card=insure.coverage(visit.patient, rate.contract), case_rate=rate)
    claim = make_claim(invoice=make.invoice(("20000", "KHR"), visit=visit, by=cashier), by=cashier)
    line = claim.lines.get()
    assert (claim.amount, line.service_code, line.text_en) == (6_000, "OPD", "General outpatient contact")


def test_batches_are_numbered_without_gaps_for_each_payer_and_month(insured, accountant, cashier):
    first, second = (make_claim(invoice=insured(), by=cashier) for _ in range(2))
    with pytest.raises(BatchEmpty):
        make_batch(payer=insure.payer(), claims=[first], by=cashier)
    made = [make_batch(payer=one.payer, claims=[one], by=cashier) for one in (first, second)]
    month = f"{today():%Y%m}"
    assert [batch.number for batch in made] == [f"{first.payer.code}-{month}-{n:03d}" for n in (1, 2)]
    with pytest.raises(BatchEmpty):
        make_batch(payer=first.payer, claims=[first], by=cashier)


def test_a_batch_leaves_as_a_table_and_as_fhir(submitted, query_count):
    batch = submitted.batch
    assert (batch.status, submitted.status) == ("submitted", "submitted")
    with query_count() as queries:
        found = claims_of_batch(batch)
        enclosed = enclosed_with(found)
        table, bundle = as_csv(batch, found, enclosed).decode(), json.loads(as_bundle(batch, found, enclosed))
    assert queries.count <= 7
    assert table.count(submitted.number) == 2
    assert submitted.patient.mrn in table
    resource = bundle["entry"][0]["resource"]
    assert resource["total"] == {"value": 48.0, "currency": "USD"}
    assert [item["net"]["value"] for item in resource["item"]] == [40.0, 8.0]
    assert resource["contained"][1]["subscriberId"] == "M-1"
    assert bundle["entry"][0]["request"]["ifNoneExist"].endswith(submitted.number)
    assert as_claim(found[0])["identifier"][0]["value"] == submitted.number


# --- Answers, appeals, what becomes of the refused ---


def test_a_payer_accepts_a_part_and_an_appeal_wins_the_rest(submitted, accountant):
    claim = record_answer(claim=submitted, refused=refuse(submitted, "0", "8.00"), by=accountant)
    assert (claim.status, claim.accepted, claim.rejected) == ("partly_accepted", D(40), D(8))
    assert claim.appeal_until == today() + timedelta(days=30)
    appeal(claim=claim, reason="was authorised", by=accountant)
    claim = record_answer(claim=claim, refused={}, by=accountant)
    assert (claim.status, claim.accepted) == ("accepted", D(48))
    remit(claim, "48", by=accountant)
    claim.refresh_from_db()
    assert claim.status == "paid"
    assert not ledger_disagreements()


def test_an_appeal_has_its_time(submitted, accountant):
    claim = record_answer(claim=submitted, refused=refuse(submitted, "40", "8"), by=accountant)
    assert claim.status == "rejected"
    with clock.freeze(clock.now() + timedelta(days=31)), pytest.raises(AppealTooLate):
        appeal(claim=claim, reason="late", by=accountant)


def test_a_refusal_is_never_more_than_the_line(submitted, accountant):
    with pytest.raises(RefusalBeyondLine):
        record_answer(claim=submitted, refused=refuse(submitted, "0", "8.01"), by=accountant)


def test_what_is_refused_goes_to_the_patient_or_is_written_off_by_another(submitted, accountant, cashier, owner):
    make.shift(cashier)
    invoice = submitted.invoice
    take_payment(invoice=invoice, tenders=[usd(12)], by=cashier)
    claim = record_answer(claim=submitted, refused=refuse(submitted, "20", "8"), by=accountant)
    dispose(claim=claim, kind="pass_on", amount=D(20), reason="not covered", by=accountant)
    with pytest.raises(DispositionBeyondRefusal):
        dispose(claim=claim, kind="pass_on", amount=D("8.01"), reason="x", by=accountant)
    asked = dispose(claim=claim, kind="write_off", amount=D(8), reason="poor", by=accountant)
    with pytest.raises(DispositionBeyondRefusal):
        dispose(claim=claim, kind="write_off", amount=D(1), reason="twice", by=accountant)
    with pytest.raises(ApprovesOwnWriteOff):
        approve_write_off(disposition=asked, by=accountant)
    approve_write_off(disposition=asked, by=owner)
    with pytest.raises(DispositionDecided):
        decline_write_off(disposition=asked, by=owner)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.balance, posted(invoice, "payer_loss")) == ("partly_paid", D(20), D(8))
    remit(claim, "20", by=accountant)
    claim.refresh_from_db()
    assert (claim.status, claim.paid, claim.transferred, claim.written_off) == ("paid", D(20), D(20), D(8))
    assert posted(invoice, "receivable.payers") == 0
    assert not ledger_disagreements()


def test_the_database_wants_four_eyes_for_a_write_off(submitted, accountant):
    claim = record_answer(claim=submitted, refused=refuse(submitted, "40", "8"), by=accountant)
    asked = dispose(claim=claim, kind="write_off", amount=D(8), reason="poor", by=accountant)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disposition.objects.filter(pk=asked.pk).update(status="approved", decided_by=accountant)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(written_off=49)


# --- Remittances ---


def test_a_remittance_in_riel_settles_a_claim_in_dollars(submitted, accountant):
    remittance = remit(submitted, "196800", by=accountant, currency="KHR")
    submitted.refresh_from_db()
    assert (submitted.status, submitted.paid, remittance.lines.get().settled) == ("paid", D(48), D(48))
    assert posted(submitted.invoice, "bank", "KHR") == 196_800
    assert not ledger_disagreements()


def test_a_remittance_is_booked_once_and_never_beyond_the_claim(submitted, accountant):
    with pytest.raises(PaymentBeyondClaim), transaction.atomic():
        remit(submitted, "48.01", by=accountant)
    assert not Remittance.objects.exists()
    remit(submitted, "20", "8", by=accountant)
    submitted.refresh_from_db()
    assert (submitted.status, submitted.paid, submitted.rejected) == ("partly_accepted", D(20), D(8))
    with pytest.raises(RemittanceTwice):
        remit(submitted, "20", by=accountant)
    remit(submitted, "20", by=accountant, digest="d2")
    submitted.refresh_from_db()
    assert (submitted.paid, submitted.open_money.amount) == (D(40), D(8))
    assert not ledger_disagreements()


def test_a_file_is_read_with_the_hospitals_own_columns(submitted, accountant):
    mapping = {"claim": "No", "paid": "Amt", "rejected": "Cut", "reason": "Why"}
    content = f'No;Amt;Cut;Why\n{submitted.number};"40,00";8;N1\n'.replace(",00", ".00").encode()
    [row] = matched(submitted.payer, read_csv(content, mapping), "USD")
    assert (row.paid, row.rejected, row.denial.code) == (D(40), D(8), "N1")
    twice = content + content.splitlines(keepends=True)[1] + b"CL-0;1;;\n"
    with pytest.raises(RowsRefused) as refused:
        matched(submitted.payer, read_csv(twice, mapping), "USD")
    assert len(refused.value.problems) == 2
    for broken in (b"No;Amt\nX;ten\n", b"No;Paid\n", b"\xff\xfe"):
        with pytest.raises(Unreadable):
            read_csv(broken, mapping)


def test_an_answer_in_fhir_says_what_is_paid_and_refused():
    denied = {
        "category": {"coding": [{"code": "denied"}]},
        "amount": {"value": 8},
        "reason": {"coding": [{"code": "N1"}]},
    }
    resource = {
        "resourceType": "ClaimResponse", "outcome": "partial", "identifier": [{"value": "R-9"}],
        "request": {"identifier": {"value": "CL-1"}}, "payment": {"amount": {"value": 40, "currency": "USD"}},
        "item": [{"itemSequence": 2, "adjudication": [denied]}],
    }  # fmt: skip
    [answer] = answers_in({"resourceType": "Bundle", "entry": [{"resource": resource}]})
    assert (answer.claim, answer.paid, answer.refused, answer.reference) == ("CL-1", D(40), {2: (D(8), "N1")}, "R-9")


# --- Ageing ---


def test_ageing_is_read_from_the_ledger_by_payer(insured, accountant):
    old, new = clock.now() - timedelta(days=45), insured()
    with clock.freeze(old):
        make.rate(4100)
        insured()
    remit(make_claim_sent(new, accountant), "8", by=accountant)
    [row] = ageing()
    assert (row.sums, row.total) == ([D(40), D(48), 0, 0], D(88))


def make_claim_sent(invoice, by):
    claim = make_claim(invoice=invoice, by=by)
    submit_batch(batch=make_batch(payer=claim.payer, claims=[claim], by=by), by=by)
    return claim


# --- Races ---


@pytest.mark.usefixtures("committed_db")
def test_a_refused_amount_goes_one_way_and_a_remittance_in_once(samaki, accountant, owner, cashier, race):
    make.rate(4100)
    visit = make.new_visit()
    insure.cover(visit, insure.contract())
    claim = make_claim_sent(make.invoice(("48.00", "USD"), visit=visit, by=cashier), accountant)
    outcome = race(lambda: remit(claim, "20", by=accountant), times=6)
    assert (len(outcome.results), {type(error) for error in outcome.errors}) == (1, {RemittanceTwice})
    claim.refresh_from_db()
    claim = record_answer(claim=claim, refused=refuse(claim, "28"), by=accountant)
    asked = dispose(claim=claim, kind="write_off", amount=D(28), reason="poor", by=accountant)
    outcome = race(
        *[lambda: approve_write_off(disposition=asked, by=owner)] * 3,
        *[lambda: decline_write_off(disposition=asked, by=owner)] * 3,
    )
    assert (len(outcome.results), {type(error) for error in outcome.errors}) == (1, {DispositionDecided})
    connection.check_constraints()
    assert not ledger_disagreements()
