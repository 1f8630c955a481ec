"""What this room shows on the pages of others: a shift's report and its cash movements."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing.models import Shift
from cashoffice.models import Transfer, Variance
from cashoffice.queries.movements import account_names
from cashoffice.queries.reports import report_for
from core.panels import Panel, register

MOST = 50


def shift_report(request: HttpRequest, shift: Shift) -> dict[str, Any]:
    """The X report of a running shift, the Z report of a closed one, and the review of its difference."""
    report, names = report_for(shift, request.user), account_names()
    return {
        "report": report,
        "rows": [(row, names.get(row.account, row.account)) for row in report.movements],
        "may_review": request.user.pk not in (shift.cashier_id, shift.stood_in_by_id),
        "variance": Variance.objects.filter(shift=shift).select_related("reviewed_by").first(),
        "is_own": shift.cashier_id == request.user.pk,
        "papers": [("80mm", _("80 mm roll")), ("a4", "A4")],
    }


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
register(
    Panel(slot="shift", order=20, permission="invoice:view", template="cashoffice/_report.html", context=shift_report)
)
