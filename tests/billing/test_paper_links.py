"""Copies of invoices, codes on papers, and receipts sent as a link: it opens one paper, for a while, in one house."""

import io
import time

import pypdf
import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django_tenants.utils import schema_context

from audit.models import Record
from billing.errors_debts import InvoiceNotIssued, NoAddress, NotToBeWritten
from billing.links import HOURS, paper_path, print_of
from billing.models import InvoicePrint, ReceiptPrint
from billing.paper_codes import PaperCode, codes_of_invoice
from billing.printing import drawn
from billing.services.drafts import draft_invoice
from billing.services.paper_links import send_paper
from billing.services.payments import take_payment
from billing.services.prints import record_print
from core.ids import new_id
from notifications.models import MailLog
from notifications.services.mail import deliver_mail
from patients.models import Patient
from patients.queries.consents import current_texts
from patients.services.consents import record_consent
from tests.factories import billing as make
from tests.factories.billing import usd


@pytest.fixture(autouse=True)
def no_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    outbox.outbox = []


@pytest.fixture
def payment(samaki, cashier):
    make.shift(cashier)
    invoice = make.invoice(("12.50", "USD"), by=cashier)
    invoice.patient.email = "kunthea@example.com"
    invoice.patient.save()
    return take_payment(invoice=invoice, tenders=[usd(5)], by=cashier)


def once(**fields):
    return {"_once": str(new_id()), **fields}


# --- Copies ---


def test_a_reprinted_invoice_is_a_copy_and_says_which(payment, cashier):
    prints = [record_print(InvoicePrint, payment.invoice, paper="a4", language="en", by=cashier) for _ in range(3)]
    assert [drawn(one, None)["copy"] for one in prints] == ["", "Copy 1", "Copy 2"]
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoicePrint.objects.create(invoice=payment.invoice, copy=3, paper="a4", language="en", printed_by=cashier)


def test_a_draft_is_not_printed(samaki, cashier):
    make.have_rate()
    draft = draft_invoice(visit=make.charge("3.00").visit, by=cashier)
    with pytest.raises(InvoiceNotIssued):
        record_print(InvoicePrint, draft, paper="a4", language="en", by=cashier)


def test_the_page_counts_printings_and_each_has_an_address_of_its_own(payment, client_for):
    desk, page = client_for("cashier"), f"/billing/invoices/{payment.invoice_id}/"
    first = desk.post(f"{page}print/", once(paper="a4"))["Location"]
    second = desk.post(f"{page}print/", once(paper="80mm"))["Location"]
    assert first != second
    for address in (first, first, second):
        answer = desk.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert InvoicePrint.objects.count() == 2
    shown = desk.get(page).content.decode()
    assert "Original" in shown
    assert "Copy" in shown
    printed = Record.objects.filter(kind="print", after__page="billing:invoice-show")
    assert printed.count() == 3
    assert client_for("doctor").get(first).status_code == 403


def test_eight_printings_at_once_are_numbered_one_to_eight(committed_db, race):
    cashier = make.user("cashier")
    invoice = make.invoice(by=cashier)
    outcome = race(lambda: record_print(InvoicePrint, invoice, paper="a4", language="en", by=cashier), times=8)
    assert not outcome.errors
    assert sorted(InvoicePrint.objects.values_list("copy", flat=True)) == list(range(1, 9))


# --- Codes ---


def test_codes_stand_on_the_paper_with_their_words(payment, cashier, monkeypatch):
    monkeypatch.setattr("billing.paper_codes._of_invoices", [lambda invoice: None, lambda invoice: PaperCode("X", "y")])
    assert [code.text for code in codes_of_invoice(payment.invoice)] == ["X"]
    printed = record_print(InvoicePrint, payment.invoice, paper="a4", language="en", by=cashier)
    (code,) = drawn(printed, None)["codes"]
    assert code["caption"] == "y"
    assert code["svg"].startswith("<svg")


# --- Sending ---


def sent_link(payment, by):
    send_paper("receipt", payment, by=by)
    log = MailLog.objects.get(template="receipt_link")
    assert deliver_mail(log.pk)
    (mail,) = outbox.outbox
    return next(line for line in mail.body.splitlines() if line.startswith("http")), mail, log


@pytest.fixture
def open_as_a_stranger(client_for):
    def opened(link, hospital="samaki"):
        return client_for(None, hospital=hospital).get("/" + link.split("/", 3)[3])

    return opened


def test_the_receipt_goes_to_the_patient_as_a_link_that_opens_just_this_paper(
    payment, cashier, client_for, open_as_a_stranger
):
    link, mail, log = sent_link(payment, cashier)
    assert mail.to == ["kunthea@example.com"]
    assert set(log.params) == {"print_id"}
    assert payment.number not in mail.body
    answer = open_as_a_stranger(link)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    opened = Record.objects.filter(kind="print", after__page="billing:receipt-open")
    assert opened.get().row_id == str(payment.invoice.patient_id)
    shown = ReceiptPrint.objects.get()
    assert client_for(None).get(f"/billing/receipts/{shown.pk}.pdf").status_code == 302


def test_a_link_opens_nothing_else_nowhere_else_and_not_for_ever(
    payment, cashier, royal, monkeypatch, open_as_a_stranger
):
    link, _mail, _log = sent_link(payment, cashier)
    other = record_print(ReceiptPrint, payment, paper="a5", language="en", by=cashier)
    token = link.rstrip("/").rpartition("/")[2]
    forged = link.replace(token, str(other.pk) + token[36:])
    assert open_as_a_stranger(forged).status_code == 404
    assert open_as_a_stranger(link.replace(token, token[:-2] + "xx")).status_code == 404
    assert open_as_a_stranger(link, "royal").status_code == 404
    with schema_context(royal.schema_name):
        assert print_of("receipt", token) is None
        foreign = paper_path("receipt", other.pk)
    assert open_as_a_stranger(f"http://x{foreign}").status_code == 404
    later = time.time() + HOURS * 3600 + 5
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert open_as_a_stranger(link).status_code == 404


def test_a_closed_record_hands_nothing_out_any_more(payment, cashier, open_as_a_stranger):
    link, _mail, _log = sent_link(payment, cashier)
    Patient.objects.filter(pk=payment.invoice.patient_id).update(closed_at=payment.received_at)
    assert open_as_a_stranger(link).status_code == 404


def test_whoever_refused_messages_gets_none(payment, cashier, receptionist):
    patient = payment.invoice.patient
    send_paper("receipt", payment, by=cashier)
    text = current_texts()["reminders"]
    record_consent(patient=patient, text=text, decision="deny", method="paper", by=receptionist)
    with pytest.raises(NotToBeWritten):
        send_paper("receipt", payment, by=cashier)
    assert (
        deliver_mail(MailLog.objects.get(template="receipt_link").pk) is False
    )  # asked for before the refusal, withheld after it
    assert outbox.outbox == []
    assert Record.objects.filter(kind="event", row_id=str(patient.pk), after__event="withheld").exists()


def test_whoever_has_no_address_gets_paper(payment, cashier, client_for):
    desk, page = client_for("cashier"), f"/billing/payments/{payment.pk}/"
    assert "Send by email" in desk.get(page).content.decode()
    assert "on its way" in desk.post(f"{page}send/", once(), follow=True).content.decode()
    payment.invoice.patient.email = ""
    payment.invoice.patient.save()
    assert "Send by email" not in desk.get(page).content.decode()
    with pytest.raises(NoAddress):
        send_paper("receipt", payment, by=cashier)
    answer = desk.post(f"{page}send/", once(), follow=True)
    assert "The patient has no email address." in answer.content.decode()


@pytest.mark.parametrize(
    ("word", "place", "opened"),
    [
        ("invoice", "invoices/{invoice}", "invoice-papers"),
        ("statement", "patients/{patient}/statement", "statement-papers"),
    ],
)
def test_invoices_and_statements_go_the_same_way(
    payment, cashier, client_for, royal, open_as_a_stranger, word, place, opened
):
    desk, patient = client_for("cashier"), payment.invoice.patient
    place = place.format(invoice=payment.invoice_id, patient=patient.pk)
    answer = desk.post(f"/billing/{place}/send/", once(), follow=True)
    assert "on its way" in answer.content.decode()
    assert deliver_mail(MailLog.objects.get(template=f"{word}_link").pk)
    (mail,) = outbox.outbox
    link = next(line for line in mail.body.splitlines() if line.startswith("http"))
    assert f"/billing/{opened}/open/" in link
    assert patient.full_name not in mail.body
    paper = open_as_a_stranger(link)
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert Record.objects.filter(kind="print", after__page=f"billing:{word}-open").get().row_id == str(patient.pk)
    assert open_as_a_stranger(link, "royal").status_code == 404
    token = link.rstrip("/").rpartition("/")[2]
    assert open_as_a_stranger(f"http://x/billing/receipts/open/{token}/").status_code == 404
    patient.email = ""
    patient.save()
    assert "no email address" in desk.post(f"/billing/{place}/send/", once(), follow=True).content.decode()
    assert client_for("doctor").post(f"/billing/{place}/send/", once()).status_code == 403


def test_a_statement_that_is_sent_is_of_the_patient_alone(payment, cashier, open_as_a_stranger):
    relative = make.invoice(("3.00", "USD"), by=cashier)
    Patient.objects.filter(pk=relative.patient_id).update(family=payment.invoice.family)
    printed = send_paper("statement", payment.invoice.patient, by=cashier)
    assert not printed.family
    text = pypdf.PdfReader(io.BytesIO(open_as_a_stranger(f"http://x{paper_path('statement', printed.pk)}").content))
    assert relative.number not in "".join(page.extract_text() for page in text.pages)
