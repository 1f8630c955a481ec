"""Invoices, receipts and statements on paper: in three languages, both currencies, and in words."""

import io
from decimal import Decimal as D

import pypdf
import pytest
from django.utils import translation

from billing.models import InvoicePrint
from billing.printing import _invoice
from billing.queries.statements import owed_now, statement_rows
from billing.services.deposits import take_deposit
from billing.services.invoices import issue_invoice, override_discount
from billing.services.payments import take_payment
from billing.services.prints import record_print
from core.ids import new_id
from patients.models import Patient
from tests.billing import test_concessions as concede
from tests.factories import billing as make
from tests.factories.billing import usd


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


def printed_by(client, invoice, **chosen):
    sent = {"_once": str(new_id()), **chosen}
    return client.post(f"/billing/invoices/{invoice.pk}/print/", sent, follow=True)


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
        assert _invoice(InvoicePrint(invoice=invoice, copy=1, paper="a4"), None)["spelled"].endswith(
            "ដប់ពីរដុល្លារ និងហាសិបសេន"
        )


def test_what_a_fund_pays_stands_apart_from_the_discount(samaki, cashier, owner):
    make.rate(4000)
    invoice = concede.draft(("100.00", "consultation"))
    override_discount(invoice=invoice, rate=D("0.05"), reason="loyal", by=owner)
    invoice = issue_invoice(invoice=concede.exempt(invoice, concede.fund()), by=cashier)
    assert (invoice.discount, invoice.exempted) == (D("52.50"), D("47.50"))
    sums = [
        (words, str(money))
        for words, money in _invoice(InvoicePrint(invoice=invoice, copy=1, paper="a4"), None)["sums"]
    ]
    assert sums == [
        ("Subtotal", "USD 100.00"),
        ("Granted by management", "USD -5.00"),
        ("Exempted: Fund", "USD -47.50"),
        ("Total", "USD 47.50"),
        ("", "KHR 190,000"),
    ]


def test_a_draft_has_no_paper(client_for, samaki, cashier):
    from billing.services.drafts import draft_invoice

    make.have_rate()
    draft = draft_invoice(visit=make.charge("3.00").visit, by=cashier)
    answer = client_for("cashier").post(f"/billing/invoices/{draft.pk}/print/", {"_once": str(new_id()), "paper": "a4"})
    assert answer.status_code == 409


def test_a_receipt_on_a4_says_what_was_paid_in_words(client_for, invoice, cashier):
    printed = record_print(payment=invoice.payments.get(), paper="a4", language="en", by=cashier)
    page, text = words_of(client_for("cashier").get(f"/billing/receipts/{printed.pk}.pdf"))
    assert round(float(page.mediabox.width)) == 595
    assert "Five dollars" in text


def test_a_statement_adds_up_to_what_is_owed_and_shows_what_is_held(client_for, invoice, cashier):
    relative = make.invoice(("3.00", "USD"), by=cashier)
    Patient.objects.filter(pk=relative.patient_id).update(family=invoice.family)
    take_deposit(patient=invoice.patient, tenders=[usd(20)], by=cashier)
    rows = statement_rows([invoice.patient])
    assert [row.money.amount for row in rows] == [D("12.50"), D("-5.00")]
    assert [money.amount for money in owed_now(rows)] == [invoice.balance]
    desk, address = client_for("cashier"), f"/billing/patients/{invoice.patient_id}/statement.pdf"
    _page, text = words_of(desk.get(address))
    assert "7.50" in text
    assert "20.00" in text
    assert relative.number not in text
    _page, text = words_of(desk.get(f"{address}?family=1"))
    assert relative.number in text
    assert "10.50" in text
