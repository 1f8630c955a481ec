from clinical.forms.encounter import (
    AddendumForm,
    AllergyForm,
    ConditionForm,
    DiagnosisForm,
    FinishForm,
    HistoryForm,
    NoteForm,
    ReasonForm,
    TransferForm,
)
from clinical.forms.enrolment import EnrolmentForm
from clinical.forms.vitals import TriageRefusalForm, VitalsForm

__all__ = [
    "AddendumForm",
    "AllergyForm",
    "ConditionForm",
    "DiagnosisForm",
    "EnrolmentForm",
    "FinishForm",
    "HistoryForm",
    "NoteForm",
    "ReasonForm",
    "TransferForm",
    "TriageRefusalForm",
    "VitalsForm",
]
