from django.db.models import QuerySet

from accounts.models import User
from patients.models import Erasure, LegalHold, Patient, RetentionRun
from patients.queries.patients import normalise_mrn


def visible_erasures(user: User) -> QuerySet[Erasure]:
    """Every request, for whoever serves the patients' rights: by the record's number, whoever may read the record."""
    erasures = Erasure.objects.select_related("patient", "asked_by", "decided_by").order_by("-id")
    return erasures if user.may("rights:serve") else erasures.none()


def visible_holds(user: User) -> QuerySet[LegalHold]:
    """Every legal hold, by the record's number."""
    holds = LegalHold.objects.select_related("patient", "set_by", "lifted_by").order_by("-id")
    return holds if user.may("rights:serve") else holds.none()


def retention_runs(user: User) -> QuerySet[RetentionRun]:
    """Previews and what became of them, newest first."""
    runs = RetentionRun.objects.select_related("released_by").order_by("-id")
    return runs if user.may("rights:serve") else runs.none()


def patient_by_number(text: str) -> Patient | None:
    """The patient with exactly this record number, whatever the confidentiality: it is served by number, not read."""
    mrn = normalise_mrn(text)
    return Patient.objects.filter(mrn=mrn).first() if mrn else None
