"""What this room adds to the way of a shift; see billing.shift_rules."""

from django.utils.translation import gettext_lazy as _

from billing.models import Shift
from billing.shift_rules import hinders_count
from cashoffice.models import Transfer, Voucher
from cashoffice.states import TransferStatus, VoucherStatus


@hinders_count(_("A transfer to another drawer is not answered: let it be received, or take it back."))
def transfer_sent(shift: Shift) -> bool:
    return Transfer.objects.filter(sender=shift, status=TransferStatus.SENT).exists()


@hinders_count(_("A cash voucher waits for approval: let it be decided, or take it back."))
def voucher_waiting(shift: Shift) -> bool:
    return Voucher.objects.filter(shift=shift, status=VoucherStatus.REQUESTED).exists()
