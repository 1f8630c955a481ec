"""What the cash office refuses, in words for the person who tried."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class AmountMissing(DomainError):
    message = _("Enter an amount in dollars or riel.")
    field = "usd"


class NotNotes(DomainError):
    message = _("Cash is counted in notes: whole dollars, and riel in steps of 100.")
    field = "khr"


class NotInDrawer(DomainError):
    message = _("There is not so much of this currency in the drawer.")
    field = "usd"


class ReasonUnknown(DomainError):
    message = _("Choose a reason that is in use.")
    field = "reason"


class ReasonCodeTaken(DomainError):
    message = _("Another reason has this code.")
    field = "code"


class DecidesOwnVoucher(DomainError):
    message = _("Somebody else must decide: you wrote this voucher.")


class ReviewsOwnVariance(DomainError):
    message = _("Somebody else must review the difference of your own drawer.")


class NotYours(DomainError):
    message = _("Only the person who wrote this can take it back.")


class ShiftEnded(DomainError):
    message = _("This shift takes and gives no more cash: its drawer is counted.")


class ReceiverMissing(DomainError):
    message = _("Choose another cashier whose shift is open.")
    field = "receiver"


class NotYourTransfer(DomainError):
    message = _("Only the cashier to whom this was sent can answer it.")
