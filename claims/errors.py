"""What this room refuses, in words for the person who tried."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NothingToClaim(DomainError):
    message = _("The payer owes nothing of this invoice, or it stands on a claim already.")


class ClaimNotDraft(DomainError):
    message = _("This claim was submitted and can no longer be changed.")


class ClaimSettledInPart(DomainError):
    message = _("A part of this claim was paid or decided already: it can no longer be withdrawn.")


class ReturnBeyondCredit(DomainError):
    message = _("Claim %(number)s: more is paid back than the payer is owed.")
    field = "file"


class PaperOfAnother(DomainError):
    message = _("This paper belongs to another patient.")
    field = "document"


class PapersTooLarge(DomainError):
    message = _("The papers of one claim may have %(size)d MB together.")
    field = "document"


class BatchEmpty(DomainError):
    message = _("Choose at least one claim of this payer.")
    field = "claims"


class BatchSent(DomainError):
    message = _("This batch was sent already.")


class RefusalBeyondLine(DomainError):
    message = _("More is refused than was claimed.")
    field = "rejected"


class PaymentBeyondClaim(DomainError):
    message = _("Claim %(number)s: more is paid than was claimed.")
    field = "file"


class RemittanceTwice(DomainError):
    message = _("This remittance was posted already.")
    field = "file"


class RemittanceEmpty(DomainError):
    message = _("This remittance names no claim.")
    field = "file"


class AppealTooLate(DomainError):
    message = _("The time for an appeal has ended.")


class DispositionBeyondRefusal(DomainError):
    message = _("This is more than was refused and is not dealt with yet.")
    field = "amount"


class ApprovesOwnWriteOff(DomainError):
    message = _("Somebody else must approve what you asked for.")


class DispositionDecided(DomainError):
    message = _("This was already decided.")


class ReasonNeeded(DomainError):
    message = _("Give a reason.")
    field = "reason"
