"""Sending a paper by mail: as a link that opens just this one for a while."""

from typing import Any

from django.db import transaction

from billing.errors_debts import NoAddress, NotToBeWritten
from billing.models import Printing
from billing.papers import PAPERS
from billing.services.prints import record_print
from notifications.services import send_mail_later
from patients.consents import may_contact
from patients.states import ConsentPurpose


@transaction.atomic
def send_paper(word: str, document: Any, *, by: Any) -> Printing:
    """Count a printing and mail its link, in the patient's language.

    Raises NoAddress, NotToBeWritten, InvoiceNotIssued.
    """
    kind = PAPERS[word]
    patient = kind.of_whom(document)
    if not patient.email:
        raise NoAddress()
    answer = may_contact(patient, ConsentPurpose.REMINDERS)
    if not answer:
        raise NotToBeWritten(why=answer.why)
    printed = record_print(
        kind.prints,
        document,
        paper=kind.mailed_on,
        language=patient.preferred_language,
        by=by,
        **kind.edition(),
    )
    send_mail_later(f"{word}_link", patient.pk, {"print_id": str(printed.pk)})
    return printed
