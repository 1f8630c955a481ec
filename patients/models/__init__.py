"""Tables of the patients room."""

from patients.models.consent import Consent
from patients.models.consent_text import ConsentText
from patients.models.contact import EmergencyContact
from patients.models.data_export import DataExport, ExportFile
from patients.models.document import PatientDocument
from patients.models.duplicate import DuplicateAnswer
from patients.models.erasure import Erasure
from patients.models.family import Family
from patients.models.grant import AccessGrant
from patients.models.identifier import PatientIdentifier
from patients.models.legal_hold import LegalHold
from patients.models.patient import Patient
from patients.models.retention import RetentionItem, RetentionRun
from patients.models.token import SearchToken
from patients.models.visit import Visit, VisitMove

__all__ = [
    "AccessGrant",
    "Consent",
    "ConsentText",
    "DataExport",
    "DuplicateAnswer",
    "EmergencyContact",
    "Erasure",
    "ExportFile",
    "Family",
    "LegalHold",
    "Patient",
    "PatientDocument",
    "PatientIdentifier",
    "RetentionItem",
    "RetentionRun",
    "SearchToken",
    "Visit",
    "VisitMove",
]
