from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ValueRefused(DomainError):
    """What was typed is no result of this test."""

    message = _("This is not a possible result.")


class NothingOrdered(DomainError):
    message = _("Choose at least one test or panel.")
    field = "tests"


class TestNotOffered(DomainError):
    message = _("The laboratory does not offer this test at present.")
    field = "tests"


class EncounterClosed(DomainError):
    message = _("The consultation is finished: nothing more can be ordered in it.")


class DuplicateTests(DomainError):
    """The same tests were ordered shortly before; ordering them again must be confirmed."""

    message = _("Some of these tests were ordered a short time ago. Confirm to order them again.")
    field = "again"


class NothingToCollect(DomainError):
    message = _("There is nothing left to collect for this order: somebody else has collected it.")


class IdentityNotConfirmed(DomainError):
    message = _("This does not match the patient of the order. Check that you are with the right person.")


class PaymentAwaited(DomainError):
    message = _("These tests have not been paid for yet.")


class TimeNotPossible(DomainError):
    message = _("This moment is not possible: it lies before the order or in the future.")
    field = "collected_at"


class SpecimenUnknown(DomainError):
    message = _("No specimen has this number.")
    field = "accession"


class SpecimenAlreadyReceived(DomainError):
    message = _("This specimen has already been received.")
    field = "accession"


class SpecimenNotInUse(DomainError):
    message = _("This specimen was rejected or is not needed any more.")
    field = "accession"


class SpecimenHasResults(DomainError):
    message = _("Results of this specimen have been submitted. Send them back before rejecting it.")


class ReasonMissing(DomainError):
    message = _("A reason is needed.")
    field = "reason"


class NothingEntered(DomainError):
    message = _("No result has been entered.")


class SamePerson(DomainError):
    message = _("Who entered a result does not verify it. Ask a second person.")


class NothingToVerify(DomainError):
    message = _("Nothing is waiting to be verified: somebody else has done it.")


class CancelTooLate(DomainError):
    message = _("The laboratory has received the specimen: this test cannot be cancelled any more.")


class CorrectionInWork(DomainError):
    message = _("A correction of this result is already being made.")


class SameValue(DomainError):
    message = _("The corrected value is the same as the released one.")
    field = "value"


class RangeOverlaps(DomainError):
    message = _("Another range of this test covers some of these ages already.")
    field = "age_from"
