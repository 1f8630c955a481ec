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
    message = _("Somebody else than who counted the drawer must review its difference.")


class NotYours(DomainError):
    message = _("Only the person who wrote this can take it back.")


class ShiftEnded(DomainError):
    message = _("This shift takes and gives no more cash: its drawer is counted.")


class ReceiverMissing(DomainError):
    message = _("Choose another cashier whose shift is open.")
    field = "receiver"


class NotYourTransfer(DomainError):
    message = _("Only the cashier to whom this was sent can answer it.")


class ShiftsNotBankable(DomainError):
    message = _("Choose accepted shifts of this branch that are in no other deposit.")
    field = "shifts"


class MoreThanBrought(DomainError):
    message = _("The chosen shifts did not bring so much to the safe.")
    field = "usd"


class DepositStepTaken(DomainError):
    message = _("Somebody else must take this step of the deposit.")


class SlipMissing(DomainError):
    message = _("Enter the number of the bank's slip.")
    field = "slip"


class SlipTaken(DomainError):
    message = _("This slip confirms another deposit.")
    field = "slip"


class DayNotBegun(DomainError):
    message = _("Choose a day that has begun.")
    field = "day"


class DayClosedAlready(DomainError):
    message = _("This day is closed already.")
    field = "day"


class DayHindered(DomainError):
    message = _("The day cannot be closed yet. %(reasons)s.")


class StatementUnreadable(DomainError):
    message = _("The file cannot be read as a statement. %(problem)s")
    field = "file"


class StatementKnown(DomainError):
    message = _("This file was imported already.")
    field = "file"


class StatementAccepted(DomainError):
    message = _("This statement is accepted; nothing of it changes any more.")


class AcceptsOwnImport(DomainError):
    message = _("Somebody else must accept the statement: you imported it.")


class AcceptsOwnMatches(DomainError):
    message = _("Somebody else must accept the statement: you explained lines of it.")


class StatementUneven(DomainError):
    message = _("The lines do not lead from the opening to the closing balance.")


class LinesUnexplained(DomainError):
    message = _("Every line must be explained before the statement is accepted.")


class MatchTaken(DomainError):
    message = _("This posting is explained already.")


class MatchUnfit(DomainError):
    message = _("This posting is of another account or currency.")


class NothingLeft(DomainError):
    message = _("This line is explained already.")


class PartUnfit(DomainError):
    message = _("Choose one posting that is larger than what is left of the line.")
    field = "in_parts"


class NoFee(DomainError):
    message = _("There is no fee: the payments must be larger than the money that came in.")
    field = "with_fee"


class FeeTooLarge(DomainError):
    message = _("A fee is at most %(percent)d %% of the payments. Choose other ones.")
    field = "with_fee"


class PostedElsewhere(DomainError):
    message = _("What this line posted is explained by another line or receipt; part that first.")


class ReceiptUnfit(DomainError):
    message = _("This posting cannot be the receipt: another account, currency or direction.")


class MoreThanOpen(DomainError):
    message = _("The chosen postings are more than what is open of the receipt.")


class MappingNameTaken(DomainError):
    message = _("Another way to read statements has this name.")
    field = "name"
