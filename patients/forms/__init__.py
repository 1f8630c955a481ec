"""Forms of the patients room."""

from patients.forms.family import FamilyHeadForm, FamilyJoinForm
from patients.forms.patient import PatientForm

__all__ = ["FamilyHeadForm", "FamilyJoinForm", "PatientForm"]
