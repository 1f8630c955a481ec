from django.db.models import QuerySet

from accounts.models import User
from patients.access import sight_of
from patients.models import Patient, Visit
from patients.states import VisitStatus


def visible_visits(user: User) -> QuerySet[Visit]:
    """The visits of the patients this user may read, with what a list shows."""
    visits = Visit.objects.select_related("patient", "branch", "department", "practitioner")
    return visits.filter(sight_of(user).of("patient"))


def visits_of(patient: Patient) -> QuerySet[Visit]:
    """A patient's visits, newest first."""
    return patient.visits.select_related("branch", "department", "practitioner").order_by("-id")


def open_visits(patient: Patient) -> QuerySet[Visit]:
    """The visits of the patient that are still open."""
    return visits_of(patient).filter(status=VisitStatus.OPEN)
