from django.db.models import QuerySet

from accounts.models import User
from patients.access import sight_of
from patients.models import DataExport, Patient


def visible_exports(user: User) -> QuerySet[DataExport]:
    """Archives of the patients whose record this user may read, with who asked for them."""
    return DataExport.objects.select_related("patient", "asked_by").filter(sight_of(user).of("patient"))


def exports_of(patient: Patient) -> QuerySet[DataExport]:
    """A patient's archives, newest first."""
    return DataExport.objects.filter(patient=patient).select_related("asked_by").order_by("-id")
