from django.db.models import QuerySet

from accounts.models import User
from patients.models import Patient, PatientDocument
from patients.queries.patients import visible_patients
from patients.states import DocumentKind


def visible_documents(user: User) -> QuerySet[PatientDocument]:
    """Files of the patients this user may read: the photo for everybody who may, papers with their own permission."""
    documents = PatientDocument.objects.filter(patient__in=visible_patients(user), removed_at=None)
    return documents if user.may("document:view") else documents.filter(kind=DocumentKind.PHOTO)


def papers_of(patient: Patient) -> QuerySet[PatientDocument]:
    """A patient's papers, newest first."""
    papers = patient.documents.filter(removed_at=None).exclude(kind=DocumentKind.PHOTO)
    return papers.select_related("added_by").order_by("-id")
