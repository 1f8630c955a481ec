"""What can go wrong in this room, in the reader's language."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class VisitAlreadyOpen(DomainError):
    message = _("This patient already has an open visit in this department today.")


class PatientIsDeceased(DomainError):
    message = _("This patient is recorded as deceased.")


class IdentifierTaken(DomainError):
    message = _("This number already belongs to another patient.")
    field = "national_id"


class DuplicatesUnanswered(DomainError):
    message = _("Somebody very similar is already registered. Say whether it is the same person.")


class DocumentGone(DomainError):
    message = _("This document was removed already.")


class RestrictionNotAllowed(DomainError):
    message = _("You may not change who can read this patient.")
    field = "confidentiality"


class HeadOutsideFamily(DomainError):
    message = _("The head of a family must be one of its members.")
    field = "head"


class GlassReasonMissing(DomainError):
    message = _("Say what makes it necessary, in at least ten letters.")
    field = "explanation"


class GlassNeedsNoBreaking(DomainError):
    message = _("This record is open to you already.")


class RecordIsReadOnly(DomainError):
    message = _("A record opened by breaking the glass can only be read.")
    code = "read_only"
    status = 403


class ConsentNotGiven(DomainError):
    message = _("There is no consent to withdraw.")
    field = "decision"


class GuardianMissing(DomainError):
    message = _("This patient is not of age: a guardian decides.")
    field = "given_by"


class ConsentWithheld(DomainError):
    """Something may not be done with a patient's data; the message is the ground."""

    code = "consent_withheld"


class ExportUnderWay(DomainError):
    message = _("An archive of this patient's data is being put together already.")


class PassphraseWeak(DomainError):
    message = _("Use the passphrase that the page offers.")
    field = "passphrase"


class ReasonTooShort(DomainError):
    message = _("Give a reason of at least ten letters.")
    field = "reason"


class ErasureHindered(DomainError):
    """Something stands in the way; the message says what."""


class ErasureUnderWay(DomainError):
    message = _("A request about this record is open already.")


class ErasureTooEarly(DomainError):
    message = _("The record must be kept until %(day)s. Until then it can only be closed.")
    field = "kind"


class SecondPersonNeeded(DomainError):
    message = _("Somebody else than who asked decides.")
    status = 403


class HoldStands(DomainError):
    message = _("This record is under a legal hold already.")


class HoldLifted(DomainError):
    message = _("This hold was lifted already.")


class PatientIsErased(DomainError):
    message = _("This record was erased.")


class PatientUnknown(DomainError):
    message = _("There is no patient with this record number.")
    field = "number"


class PreviewReplaced(DomainError):
    message = _("A newer preview has replaced this one. Look at it before you release anything.")
