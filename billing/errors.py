"""What the cash office refuses, in words for the person who tried."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class PriceMissing(DomainError):
    message = _("This service has no price today. Ask the administrator to set one.")
    field = "service"


class ServiceUnknown(DomainError):
    message = _("This service is not in the catalogue.")
    field = "service"


class PriceInvalid(DomainError):
    message = _("A price cannot be negative.")
    field = "amount"


class PriceDateTaken(DomainError):
    message = _("A price that starts later is already set. Choose a date after it.")
    field = "valid_from"


class ChargeInvalid(DomainError):
    message = _("The quantity must be greater than zero.")
    field = "quantity"


class ChargeAlreadyInvoiced(DomainError):
    message = _("This charge is already on an issued invoice.")


class ChargeNotPending(DomainError):
    message = _("This charge is no longer pending.")


class ChargeElsewhere(DomainError):
    message = _("This charge belongs to another visit or is already on an invoice.")


class VisitCancelled(DomainError):
    message = _("This visit was cancelled; nothing can be charged to it.")


class ReasonMissing(DomainError):
    message = _("Give a reason.")
    field = "reason"


class InvoiceClaimed(DomainError):
    message = _("This invoice stands on a claim. Withdraw the claim, or wait until it has ended.")


class PayerOwedLess(DomainError):
    message = _("This is more than the payer is owed back.")
    field = "amount"


class PayerOwesLess(DomainError):
    message = _("This is more than the payer still owes of the invoice.")
    field = "amount"


class InvoiceNotDraft(DomainError):
    message = _("This invoice is issued and can no longer be changed.")


class InvoiceEmpty(DomainError):
    message = _("There is nothing to invoice.")


class InvoiceNotOwing(DomainError):
    message = _("Nothing is due on this invoice.")


class InvoicePaidAlready(DomainError):
    message = _("Money was already taken for this invoice; it cannot be voided.")


class InvoiceChanged(DomainError):
    message = _("The amount due has changed since this page was opened. Check it and try again.")


class DiscountInvalid(DomainError):
    message = _("A discount is between 0 and 100 percent.")
    field = "rate"


class RateMissing(DomainError):
    message = _("No exchange rate is set. Ask the accountant to set today's rate.")


class RateInvalid(DomainError):
    message = _("The rate must be greater than zero.")
    field = "riel_per_dollar"


class TenderEmpty(DomainError):
    message = _("Enter the amount received.")


class TenderInvalid(DomainError):
    message = _("Amounts must be greater than zero, and riel must be whole.")


class TenderNotNotes(DomainError):
    message = _("Cash is counted in notes: whole dollars, and riel in steps of 100.")


class TenderBeyondDue(DomainError):
    message = _("Card, bank and KHQR payments cannot be more than the amount due.")


class ShiftMissing(DomainError):
    message = _("Open your shift before taking money.")


class ShiftAlreadyOpen(DomainError):
    message = _("You already have an open shift.")


class DrawerTaken(DomainError):
    message = _("This drawer is in use by another shift.")
    field = "drawer"


class ShiftNotOpen(DomainError):
    message = _("This shift is not open.")


class ShiftNotCounted(DomainError):
    message = _("Count the drawer first.")


class ShiftNotClosed(DomainError):
    message = _("Only a closed shift can be accepted.")


class NotYourShift(DomainError):
    message = _("Only the cashier of this shift can do that.")


class StandsInForSelf(DomainError):
    message = _("This shift is yours: count and close it as its cashier.")


class CountsWhatWasSeen(DomainError):
    message = _("You were shown what this drawer should hold: somebody else counts it.")


class AcceptsOwnShift(DomainError):
    message = _("A cashier cannot accept their own shift.")


class DifferenceUnexplained(DomainError):
    message = _("Explain the difference.")
    field = "reason"


class CountInvalid(DomainError):
    message = _("Counts are whole numbers of notes.")


class EntryUnbalanced(DomainError):
    message = _("This journal entry does not balance.")


class AccountCodeTaken(DomainError):
    message = _("Another account has this number.")
    field = "code"


class ClosingTooLate(DomainError):
    message = _("Choose a day that is over.")
    field = "through"


class ClosedAlready(DomainError):
    message = _("The books are already closed through %(through)s. Choose a later day.")
    field = "through"


class ShiftsUnsettled(DomainError):
    message = _("These shifts have money of those days and are not accepted yet: %(numbers)s")
    field = "through"


class BooksDisagree(DomainError):
    message = _("Ledger, invoices, receipts and drawers do not agree. See what differs first.")


class DayClosed(DomainError):
    message = _("The cash office of this branch has closed the day. Nothing more is posted to it.")
    code = "day_closed"


class CountHindered(DomainError):
    message = _("The drawer cannot be counted yet. %(reasons)s")


class AcceptanceHindered(DomainError):
    message = _("The shift cannot be accepted yet. %(reasons)s")


class TooManyPostings(DomainError):
    message = _("There are more than %(most)s postings. Choose fewer days.")
    field = "until"


class CreditNotPossible(DomainError):
    message = _("Only an invoice on which something was paid can be credited. An unpaid one is voided.")


class CreditEmpty(DomainError):
    message = _("Enter an amount on at least one line.")


class CreditBeyondLine(DomainError):
    message = _("This is more than is left of the line.")


class CreditDecided(DomainError):
    message = _("This credit note was decided already.")


class ApprovesOwnCredit(DomainError):
    message = _("Somebody else must decide: you asked for this credit note.")


class CreditNotOwed(DomainError):
    message = _("There is nothing to pay out for this credit note.")


class ProposalDecided(DomainError):
    message = _("This rate was decided already.")


class NoDifference(DomainError):
    message = _("There is nothing to post: at today's rate the exchange account comes to nothing.")


class DepositShort(DomainError):
    message = _("The deposit holds less than this.")
    field = "deposit_amount"


class DepositEmpty(DomainError):
    message = _("Nothing is held in this currency.")
    field = "account"


class RefundDecided(DomainError):
    message = _("This refund was decided already.")


class ApprovesOwnRefund(DomainError):
    message = _("Somebody else must decide: you asked for this refund.")


class RefundNotApproved(DomainError):
    message = _("This refund is not approved, or was paid out already.")


class DrawerShort(DomainError):
    message = _("There is not enough of this currency in your drawer.")
    field = "method"


class ListWithoutCondition(DomainError):
    message = _("Say when this list counts: a payer, a nationality group, hours, days, a branch or dates.")


class ListCodeTaken(DomainError):
    message = _("This code is taken.")
    field = "code"


class PromotionCodeTaken(DomainError):
    message = _("This code is taken.")
    field = "code"


class PromotionUnknown(DomainError):
    message = _("No promotion with this code is running.")
    field = "code"


class PromotionUsedUp(DomainError):
    message = _("The promotion has ended or was used up meanwhile. The invoice was worked out anew: check it.")


class FundCodeTaken(DomainError):
    message = _("This code is taken.")
    field = "code"


class FundShort(DomainError):
    message = _("There is not enough money left in the fund.")


class AmountInvalid(DomainError):
    message = _("Enter an amount greater than zero.")
    field = "amount"


class ConcessionWaits(DomainError):
    message = _("One of this kind already waits for a decision.")


class AlreadyDecided(DomainError):
    message = _("This was decided already.")


class DecidesOwn(DomainError):
    message = _("Somebody else must decide this.")


class DiscountUnapproved(DomainError):
    message = _("A discount above the limit must be approved by somebody else before the invoice is issued.")


class DurationInvalid(DomainError):
    message = _("This service is not charged by time, or it ends before it begins.")


class PackageBegun(DomainError):
    message = _("Something of this package was already taken; its price cannot be taken back whole.")


class PackageCodeTaken(DomainError):
    message = _("This code is taken.")
    field = "code"


class PackageNotTaken(DomainError):
    message = _("Nothing was taken from a package for this charge.")


class InvoiceCredited(DomainError):
    message = _("A credit note stands on this invoice; it cannot be voided.")
