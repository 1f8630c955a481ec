"""What this room shows on the pages of others: the cash movements of a shift."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from billing.models import Shift
from cashoffice.models import Transfer
from core.panels import Panel, register

MOST = 50


def shift_movements(request: HttpRequest, shift: Shift) -> dict[str, Any]:
    """Vouchers and transfers of a shift, newest first."""
    transfers = Transfer.objects.filter(Q(sender=shift) | Q(receiver=shift))
    people = ("sender__cashier", "sender__drawer", "receiver__cashier", "receiver__drawer")
    return {
        "vouchers": shift.vouchers.select_related("reason", "requested_by").order_by("-id")[:MOST],
        "transfers": transfers.select_related(*people).order_by("-id")[:MOST],
        "is_own": shift.cashier_id == request.user.pk,
    }


register(
    Panel(
        slot="shift",
        order=10,
        permission="voucher:view",
        template="cashoffice/_movements.html",
        context=shift_movements,
    )
)
