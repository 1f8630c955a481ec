"""Reading transfers between drawers."""

from typing import Any

from django.db.models import Q, QuerySet

from billing.models import Shift
from billing.states import ShiftStatus
from cashoffice.models import Transfer
from cashoffice.states import TransferStatus


def visible_transfers(user: Any) -> QuerySet[Transfer]:
    """All transfers for whoever supervises; a cashier sees those sent and those addressed to them. Newest first."""
    transfers = Transfer.objects.select_related(
        "sender__branch", "sender__drawer", "sender__cashier", "receiver__drawer", "receiver__cashier",
        "sent_by", "answered_by",
    ).order_by("-id")  # fmt: skip
    if user.may("shift:view"):
        return transfers
    return transfers.filter(Q(sender__cashier=user) | Q(receiver__cashier=user))


def open_transfers(user: Any) -> QuerySet[Transfer]:
    """Sent and not answered yet."""
    return visible_transfers(user).filter(status=TransferStatus.SENT)


def transfers_to_answer(user: Any) -> int:
    """How many transfers wait for this cashier's answer: for the menu."""
    return Transfer.objects.filter(receiver__cashier=user, status=TransferStatus.SENT).count()


def receivers(shift: Shift) -> QuerySet[Shift]:
    """Other open shifts of the branch: where cash of this one can go."""
    others = Shift.objects.filter(branch=shift.branch_id, status=ShiftStatus.OPEN).exclude(pk=shift.pk)
    return others.select_related("drawer", "cashier").order_by("drawer__code")
