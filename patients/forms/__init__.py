"""Forms of the patients room."""

from patients.forms.consent import ConsentForm, ConsentTextForm
from patients.forms.document import DocumentForm, PhotoForm, RemovalForm
from patients.forms.family import FamilyHeadForm, FamilyJoinForm
from patients.forms.patient import PatientForm

__all__ = [
    "ConsentForm",
    "ConsentTextForm",
    "DocumentForm",
    "FamilyHeadForm",
    "FamilyJoinForm",
    "PatientForm",
    "PhotoForm",
    "RemovalForm",
]
