"""The pharmacist asks, the doctor answers, the prescription waits."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import User
from core import clock
from core.states import MoveNotAllowed
from notifications.services import notify
from pharmacy.errors import ReasonMissing
from pharmacy.models import Prescription, PrescriptionQuery
from pharmacy.queries.prescriptions import open_query
from pharmacy.services.dispensing import lock_prescription
from pharmacy.services.moves import move_prescription


@transaction.atomic
def query_prescription(*, prescription: Prescription, question: str, by: User) -> PrescriptionQuery:
    """Send the prescription back to its doctor with a question; nothing is dispensed until it is answered."""
    if not question.strip():
        raise ReasonMissing(field="question")
    prescription = lock_prescription(prescription.pk)
    move_prescription(prescription, "query", by=by)
    query = PrescriptionQuery.objects.create(prescription=prescription, question=question.strip(), asked_by=by)
    notify(
        users=[prescription.prescriber],
        kind="pharmacy_query",
        text=gettext_noop("The pharmacy has a question about prescription %(number)s."),
        params={"number": prescription.label},
        url=reverse("pharmacy:encounter-prescription", args=[prescription.encounter_id]),
        urgent=True,
    )
    return query


@transaction.atomic
def answer_query(*, prescription: Prescription, answer: str, by: User) -> PrescriptionQuery:
    """The doctor's answer; the prescription goes back to the pharmacist who asked, for review."""
    if not answer.strip():
        raise ReasonMissing(field="answer")
    prescription = lock_prescription(prescription.pk)
    move_prescription(prescription, "answer", by=by)
    query = open_query(prescription)
    if query is None:
        raise MoveNotAllowed()
    query.answer, query.answered_by, query.answered_at = answer.strip(), by, clock.now()
    query.save(update_fields=["answer", "answered_by", "answered_at", "updated_at"])
    notify(
        users=[query.asked_by],
        kind="pharmacy_answer",
        text=gettext_noop("The doctor answered your question about prescription %(number)s."),
        params={"number": prescription.label},
        url=reverse("pharmacy:prescription-detail", args=[prescription.pk]),
    )
    return query
