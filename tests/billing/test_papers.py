"""Invoices, receipts and statements on paper: in three languages, both currencies, and in words."""

import io
from decimal import Decimal as D

import pypdf
import pytest
from django.utils import translation

from audit.models import Record
from billing.models import CreditPrint, DepositPrint, InvoicePrint, ReceiptPrint, StatementPrint
from billing.papers import MAILED, PAPERS
from billing.printing import drawn
from billing.queries.statements import owed_now, statement_rows
from billing.services.credits import approve_credit, pay_refund, request_credit
from billing.services.deposit_refunds import approve_deposit_refund, pay_deposit_refund, request_deposit_refund
from billing.services.deposits import take_deposit
from billing.services.invoices import issue_invoice, override_discount
from billing.services.payers import pass_to_patient
from billing.services.payments import take_payment
from billing.services.prints import record_print
from core.clock import now
from core.ids import new_id
from oversight.words.pages import PAGES
from patients.models import Patient
from tests.billing import test_concessions as concede
from tests.factories import billing as make
from tests.factories import insurance as insure
from tests.factories.billing import khr, usd


@pytest.fixture
def invoice(samaki, cashier):
    make.rate(4100)
    make.shift(cashier)
    invoice = make.invoice(("12.50", "USD"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(5)], by=cashier)
    invoice.refresh_from_db()
    return invoice


def words_of(answer):
    assert answer.status_code == 200
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return pages[0], " ".join("".join(page.extract_text() for page in pages).split())


def once(**fields):
    return {"_once": str(new_id()), **fields}


def printed_by(client, invoice, **chosen):
    return client.post(f"/billing/invoices/{invoice.pk}/print/", once(**chosen), follow=True)


@pytest.fixture
def papers(invoice, cashier, owner, accountant):
    """Where each kind of paper but the statement is printed, with its number."""
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D("10.00")}, reason="x", by=cashier)
    note = approve_credit(note=note, by=owner)
    paid = pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    deposit = take_deposit(patient=invoice.patient, tenders=[usd(20), khr(41_000)], by=cashier)
    account = deposit.moves.get(currency="USD").account
    refund = request_deposit_refund(account=account, patient=invoice.patient, amount=D("12.50"), reason="x", by=cashier)
    approve_deposit_refund(refund=refund, by=accountant)
    refund = pay_deposit_refund(refund=refund, method="cash", notes_in="USD", by=cashier)
    return {
        "receipt": (f"payments/{invoice.payments.get().pk}", invoice.payments.get().number),
        "invoice": (f"invoices/{invoice.pk}", invoice.number),
        "deposit": (f"deposits/{deposit.pk}", deposit.number),
        "deposit-refund": (f"deposit-refunds/{refund.pk}", refund.number),
        "credit": (f"credits/{note.pk}", note.number),
        "refund": (f"refunds/{paid.pk}", paid.number),
    }


def test_every_paper_prints_on_every_size_in_every_language_and_the_second_is_a_copy(client_for, papers, invoice):
    desk = client_for("cashier")
    widths, marks = {"a4": 595, "a5": 420, "80mm": 227}, {"en": "Copy {}", "zh-hans": "副本 {}", "km": ""}
    for place, number in papers.values():
        for printed, (paper, language) in enumerate(zip(widths, ("en", "zh-hans", "km"), strict=True)):
            sent = once(paper=paper, language=language)
            answer = desk.post(f"/billing/{place}/print/", sent, follow=True)
            page, text = words_of(answer)
            assert round(float(page.mediabox.width)) == widths[paper]
            assert number in text
            assert "USD" in text
            assert "KHR" in text
            assert marks[language].format(printed) in text or not printed
    for model in PAPERS.values():
        assert model.word == "statement" or model.prints.objects.count() == 3
    recorded = Record.objects.filter(kind="print", row_id=str(invoice.patient_id)).values_list("after__page", flat=True)
    assert {*recorded} == {f"billing:{word}-show" for word in papers}
    assert {f"billing:{word}-show" for word in PAPERS} <= PAGES.keys()
    assert {f"billing:{word}-open" for word in MAILED} <= PAGES.keys()


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("credit", "Ten dollars"),
        ("refund", "Two dollars and fifty cents"),
        ("deposit", "Twenty dollars"),
        ("deposit-refund", "Twelve dollars and fifty cents"),
    ],
)
def test_every_paper_says_its_amount_in_words(client_for, papers, word, words):
    place, _number = papers[word]
    _page, text = words_of(client_for("cashier").post(f"/billing/{place}/print/", once(language="en"), follow=True))
    assert words in text


def test_a_deposit_in_two_currencies_is_added_up_at_the_rate_of_its_day(clock, client_for, papers):
    place, _number = papers["deposit"]
    first = client_for("cashier").post(f"/billing/{place}/print/", once(language="en"))["Location"]
    clock.advance(days=1)
    make.rate(4200)
    _page, text = words_of(client_for("accountant").get(first))
    assert "USD 30.00 KHR 123,000" in text
    assert "Forty-one thousand riel" in " ".join(text.replace("forty", "Forty").split())
    assert "1 dollar is 4,100 riel" in text


def test_wrong_choices_are_said_and_print_nothing(client_for, papers, invoice):
    desk = client_for("cashier")
    answer = desk.post(f"/billing/{papers['credit'][0]}/print/", once(paper="a0"))
    assert answer.status_code == 422
    roll = desk.post(f"/billing/patients/{invoice.patient_id}/statement/print/", once(paper="80mm"))
    assert roll.status_code == 422
    assert not CreditPrint.objects.exists()
    assert not StatementPrint.objects.exists()
    assert client_for("doctor").post(f"/billing/{papers['credit'][0]}/print/", once()).status_code == 403


def test_papers_of_patients_out_of_sight_are_not_found(client_for, papers, invoice):
    Patient.objects.filter(pk=invoice.patient_id).update(confidentiality="very_restricted")
    other = client_for("cashier2")
    for place, _number in papers.values():
        assert other.post(f"/billing/{place}/print/", once()).status_code == 404


def test_what_has_no_number_yet_is_not_printed(client_for, invoice, cashier):
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D("1.00")}, reason="x", by=cashier)
    assert client_for("cashier").post(f"/billing/credits/{note.pk}/print/", once()).status_code == 404


def test_eight_printings_at_once_are_numbered_one_to_eight(committed_db, race):
    cashier = make.user("cashier")
    make.shift(cashier)
    deposit = take_deposit(patient=make.new_visit().patient, tenders=[usd(5)], by=cashier)
    outcome = race(lambda: record_print(DepositPrint, deposit, paper="a5", language="en", by=cashier), times=8)
    assert not outcome.errors
    assert sorted(DepositPrint.objects.values_list("copy", flat=True)) == list(range(1, 9))


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("a5", 420), ("80mm", 227)])
def test_an_invoice_is_printed_on_every_paper(client_for, invoice, paper, width):
    page, text = words_of(printed_by(client_for("cashier"), invoice, paper=paper, language="en"))
    assert round(float(page.mediabox.width)) == width
    assert invoice.number in text
    assert "Twelve dollars and fifty cents" in text
    assert "KHR 51,250" in text
    assert "USD 7.50" in text


def test_the_amount_in_words_speaks_the_papers_language(client_for, invoice):
    _page, text = words_of(printed_by(client_for("cashier"), invoice, paper="a4", language="zh-hans"))
    assert "十二美元五十美分" in text
    with translation.override("km"):
        assert drawn(InvoicePrint(invoice=invoice, copy=1, paper="a4"), None)["spelled"][0].endswith(
            "ដប់ពីរដុល្លារ និងហាសិបសេន"
        )


def test_what_a_fund_pays_stands_apart_from_the_discount(samaki, cashier, owner):
    make.rate(4000)
    invoice = concede.draft(("100.00", "consultation"))
    override_discount(invoice=invoice, rate=D("0.05"), reason="loyal", by=owner)
    invoice = issue_invoice(invoice=concede.exempt(invoice, concede.fund()), by=cashier)
    assert (invoice.discount, invoice.exempted) == (D("52.50"), D("47.50"))
    sums = [
        (words, str(money)) for words, money in drawn(InvoicePrint(invoice=invoice, copy=1, paper="a4"), None)["sums"]
    ]
    assert sums == [
        ("Subtotal", "USD 100.00"),
        ("Granted by management", "USD -5.00"),
        ("Exempted: Fund", "USD -47.50"),
        ("Total", "USD 47.50"),
        ("", "KHR 190,000"),
    ]


def test_what_a_payer_refused_stands_on_the_invoice_before_what_is_due(samaki, cashier, accountant):
    make.rate(4000)
    visit = make.new_visit()
    insure.cover(visit, insure.contract(copay_rate="0.2"))
    invoice = make.invoice(("50.00", "USD"), visit=visit, by=cashier)
    pass_to_patient(invoice=invoice, amount=D(15), source_id=new_id(), by=accountant)
    invoice.refresh_from_db()
    paid = drawn(InvoicePrint(invoice=invoice, copy=1, paper="a4"), None)["paid"]
    assert [(words, str(money)) for words, money in paid] == [
        ("Refused by the payer", "USD 15.00"),
        ("Still due", "USD 25.00"),
    ]


def test_a_draft_has_no_paper(client_for, samaki, cashier):
    from billing.services.drafts import draft_invoice

    make.have_rate()
    draft = draft_invoice(visit=make.charge("3.00").visit, by=cashier)
    answer = client_for("cashier").post(f"/billing/invoices/{draft.pk}/print/", {"_once": str(new_id()), "paper": "a4"})
    assert answer.status_code == 409


def test_a_receipt_on_a4_says_what_was_paid_in_words(client_for, invoice, cashier):
    printed = record_print(ReceiptPrint, invoice.payments.get(), paper="a4", language="en", by=cashier)
    page, text = words_of(client_for("cashier").get(f"/billing/receipts/{printed.pk}.pdf"))
    assert round(float(page.mediabox.width)) == 595
    assert "Five dollars" in text


def test_a_statement_adds_up_to_what_is_owed_and_shows_what_is_held(client_for, invoice, cashier):
    relative = make.invoice(("3.00", "USD"), ("41000", "KHR"), by=cashier)
    Patient.objects.filter(pk=relative.patient_id).update(family=invoice.family)
    take_deposit(patient=invoice.patient, tenders=[usd(20)], by=cashier)
    rows = statement_rows([invoice.patient], at=now())
    assert [row.money.amount for row in rows] == [D("12.50"), D("-5.00")]
    assert [money.amount for money in owed_now(rows)] == [invoice.balance]
    desk, address = client_for("cashier"), f"/billing/patients/{invoice.patient_id}/statement/print/"
    page, text = words_of(desk.post(address, once(language="en"), follow=True))
    assert round(float(page.mediabox.width)) == 595
    assert "Owed in all USD 7.50 KHR 30,750" in text
    assert "Seven dollars and fifty cents" in text
    assert "Deposit held USD 20.00" in text
    assert relative.number not in text
    page, text = words_of(desk.post(address, once(language="en", paper="a5", family="on"), follow=True))
    assert round(float(page.mediabox.width)) == 420
    assert relative.number in text
    assert "Owed in all USD 20.50 KHR 84,050" in text
    assert "Copy" not in text
    _page, text = words_of(desk.post(address, once(language="en"), follow=True))
    assert "Copy 1" in text


def test_a_statement_stays_as_it_stood_when_it_was_printed(clock, client_for, invoice, cashier):
    desk, address = client_for("cashier"), f"/billing/patients/{invoice.patient_id}/statement/print/"
    first = desk.post(address, once(language="en"))["Location"]
    clock.advance(minutes=5)
    take_payment(invoice=invoice, tenders=[usd("7.50", "card")], by=cashier)
    take_deposit(patient=invoice.patient, tenders=[usd(20)], by=cashier)
    _page, text = words_of(desk.get(first))
    assert "Owed in all USD 7.50" in text
    assert "Deposit held" not in text
    clock.advance(days=1)
    _page, text = words_of(client_for("accountant").post(address, once(language="en"), follow=True))
    assert "Owed in all USD 0.00" in text
    assert "Copy" not in text


def test_what_is_owed_to_the_patient_is_said_so(client_for, invoice, cashier, owner):
    take_payment(invoice=invoice, tenders=[usd("7.50", "card")], by=cashier)
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D("2.50")}, reason="x", by=cashier)
    approve_credit(note=note, by=owner)
    address = f"/billing/patients/{invoice.patient_id}/statement/print/"
    _page, text = words_of(client_for("cashier").post(address, once(language="en"), follow=True))
    assert "In the patient's favour USD 2.50" in text.replace("’", "'")
