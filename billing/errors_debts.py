"""What is refused about debts and papers, in words for the person who tried."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class InvoiceWrittenOff(DomainError):
    message = _("Something of this invoice is written off. Take the write-off back first.")


class WriteOffWaits(DomainError):
    message = _("A write-off of this invoice already waits for a decision.")


class WriteOffOutdated(DomainError):
    message = _("The amount due has changed since this was asked for. Decline it and ask anew.")


class WriteOffNotMade(DomainError):
    message = _("Nothing is written off here that could be taken back.")


class InvoiceNotIssued(DomainError):
    message = _("This invoice is still a draft; there is nothing to print.")


class NoAddress(DomainError):
    message = _("The patient has no email address.")


class NotToBeWritten(DomainError):
    message = _("No message may be sent to this patient: %(why)s")


class PlanDatesWrong(DomainError):
    message = _("The parts are due one after the other, from today on.")
    field = "first_on"


class PlanStands(DomainError):
    message = _("Instalments are already agreed for this invoice. End that plan first.")


class PlanMissing(DomainError):
    message = _("No instalments are agreed for this invoice.")
