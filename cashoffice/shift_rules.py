"""What this room adds to the way of a shift; see billing.shift_rules."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from billing.models import Shift
from billing.shift_rules import at_close, hinders_acceptance, hinders_count, promises
from cashoffice.models import Transfer, Variance, Voucher
from cashoffice.services.reports import keep_report
from cashoffice.states import TransferStatus, VarianceStatus, VoucherStatus

at_close(keep_report)


@promises
def sent_to_others(shift: Shift) -> dict[str, Decimal]:
    """Cash of transfers that the other cashier has not answered yet."""
    sent = Transfer.objects.filter(sender=shift, status=TransferStatus.SENT).aggregate(USD=Sum("usd"), KHR=Sum("khr"))
    return {currency: amount or Decimal(0) for currency, amount in sent.items()}


@hinders_acceptance(_("Its difference is above the limit and must be reviewed first."))
def variance_waiting(shift: Shift) -> bool:
    return Variance.objects.filter(shift=shift, status=VarianceStatus.WAITING).exists()


@hinders_count(_("A transfer to another drawer is not answered: let it be received, or take it back."))
def transfer_sent(shift: Shift) -> bool:
    return Transfer.objects.filter(sender=shift, status=TransferStatus.SENT).exists()


@hinders_count(_("A cash voucher waits for approval: let it be decided, or take it back."))
def voucher_waiting(shift: Shift) -> bool:
    return Voucher.objects.filter(shift=shift, status=VoucherStatus.REQUESTED).exists()
