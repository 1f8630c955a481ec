from django.db.models import Q, QuerySet

from accounts.models import User
from patients.models import Patient, Visit
from patients.queries.patients import sees_restricted
from patients.states import Confidentiality, VisitStatus


def visible_visits(user: User) -> QuerySet[Visit]:
    """The visits of the patients this user may read, with what a list shows."""
    visits = Visit.objects.select_related("patient", "branch", "department", "practitioner")
    hidden = Q() if sees_restricted(user) else Q(patient__confidentiality=Confidentiality.NORMAL)
    return visits.filter(hidden)


def visits_of(patient: Patient) -> QuerySet[Visit]:
    """A patient's visits, newest first."""
    return patient.visits.select_related("branch", "department", "practitioner").order_by("-id")


def open_visits(patient: Patient) -> QuerySet[Visit]:
    """The visits of the patient that are still open."""
    return visits_of(patient).filter(status=VisitStatus.OPEN)
