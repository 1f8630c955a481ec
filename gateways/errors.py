"""What the gateways refuse, in words for the person who tried."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class GatewayOff(DomainError):
    message = _("This way of paying is not set up. Ask the owner or an administrator.")


class NothingDue(DomainError):
    message = _("Nothing is due on this invoice.")


class AmountInvalid(DomainError):
    message = _("Enter an amount up to what is due; riel are whole numbers.")
    field = "amount"


class BankSilent(DomainError):
    message = _("The bank does not answer at the moment. It will be asked again.")


class BankRefuses(DomainError):
    message = _("The bank refuses our key. Ask an administrator to enter a new one.")


class NotDisputed(DomainError):
    message = _("There is nothing to decide about this request.")


class StripeSilent(DomainError):
    message = _("Stripe does not answer at the moment. Try again later.")


class StripeSays(DomainError):
    message = _("Stripe refuses: %(words)s")


class LinkEnded(DomainError):
    message = _("This link can no longer be paid. Make a new one.")


class LinkJustSent(DomainError):
    message = _("A link was sent to this patient a moment ago.")


class DrawerHasScreen(DomainError):
    message = _("This drawer has a screen already. Revoke it first.")
    field = "drawer"
