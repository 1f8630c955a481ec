"""What the clinical room refuses, in words for the person at the screen."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, RecordChanged


class EncounterIsClosed(DomainError):
    message = _("This encounter is closed. Only an addendum to its note is possible.")
    code = "encounter_closed"


class EncounterNotStarted(DomainError):
    message = _("Start the consultation first.")
    code = "encounter_not_started"


class EncounterHasNoTicket(DomainError):
    message = _("This patient holds no number in a queue.")
    code = "no_ticket"


class NoteChanged(RecordChanged):
    message = _("This note was changed on another page. Nothing was overwritten: compare both texts.")
    code = "note_changed"


class NoteIsSigned(DomainError):
    message = _("This note is signed. Write an addendum instead.")
    code = "note_signed"


class NoteIsEmpty(DomainError):
    message = _("The note is empty: there is nothing to sign.")
    code = "note_empty"


class NoteNotSigned(DomainError):
    message = _("Sign the note first.")
    code = "note_not_signed"


class DiagnosisMissing(DomainError):
    message = _("Record a diagnosis, or say why there is none.")
    field = "no_diagnosis_reason"
    code = "diagnosis_missing"


class DiagnosisAlreadyRecorded(DomainError):
    message = _("This diagnosis is already recorded in this encounter.")
    field = "code"


class UnknownDiagnosisCode(DomainError):
    message = _("This is not a code of ICD-10.")
    field = "code"


class AllergyAlreadyRecorded(DomainError):
    message = _("This allergy is already recorded.")
    field = "substance"


class AllergiesExist(DomainError):
    message = _("Allergies are recorded for this patient. End them before you record that none are known.")


class ReasonMissing(DomainError):
    message = _("Give a reason.")
    field = "reason"


class AnotherPatientInRoom(DomainError):
    message = _("You are still seeing another patient. Finish or send for tests first.")
    code = "another_patient"


class NotYourPatient(DomainError):
    message = _("Another practitioner is seeing this patient.")
    code = "not_your_patient"
    status = 403


class VitalsEmpty(DomainError):
    message = _("Enter at least one measurement, or say why none was taken.")
