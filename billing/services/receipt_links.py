"""Sending a receipt by mail: as a link that opens just this paper for a while."""

from typing import Any

from django.db import transaction

from billing.errors_debts import NoAddress, NotToBeWritten
from billing.models import Payment, ReceiptPrint
from billing.services.prints import record_print
from notifications.services import send_mail_later
from patients.consents import may_contact
from patients.states import ConsentPurpose


@transaction.atomic
def send_receipt(*, payment: Payment, by: Any) -> ReceiptPrint:
    """Count a printing and mail its link, in the patient's language. Raises NoAddress, NotToBeWritten."""
    patient = payment.invoice.patient
    if not patient.email:
        raise NoAddress()
    answer = may_contact(patient, ConsentPurpose.REMINDERS)
    if not answer:
        raise NotToBeWritten(why=answer.why)
    printed = record_print(payment=payment, paper=ReceiptPrint.Paper.A5, language=patient.preferred_language, by=by)
    send_mail_later("receipt_link", patient.pk, {"print_id": str(printed.pk)})
    return printed
