"""Reading codes: which are shown, which the bank is asked about, which somebody has to look at."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from billing.models import Drawer
from billing.queries.worklist import visible_invoices
from core.clock import now
from gateways.models import KhqrAccount, PayerScreen, QrRequest, hash_key
from gateways.states import RequestStatus


def khqr_account() -> KhqrAccount | None:
    """The hospital's account when it is in use."""
    return KhqrAccount.objects.filter(is_active=True).first()


def visible_requests(user: Any) -> QuerySet[QrRequest]:
    """Codes of invoices this user may read, and those they asked for; disputed ones for whoever decides."""
    seen = Q(invoice__in=visible_invoices(user).order_by().values("pk")) | Q(cashier=user)
    if user.may("gateway:decide"):
        seen |= Q(status=RequestStatus.DISPUTED)
    requests = QrRequest.objects.select_related("invoice__patient", "shift__drawer", "cashier", "payment", "deposit")
    return requests.filter(seen).order_by("-id")


def disputed_count(user: Any) -> int:
    """How many codes somebody has to look at: for the menu."""
    return QrRequest.objects.filter(status=RequestStatus.DISPUTED).count() if user.may("gateway:decide") else 0


def to_check(most: int = 50) -> list[QrRequest]:
    """Codes the bank is to be asked about now, those that waited longest first."""
    return list(QrRequest.objects.filter(check_at__lte=now()).order_by("check_at")[:most])


def waiting_for(invoice_id: UUID) -> QrRequest | None:
    return QrRequest.objects.filter(invoice=invoice_id, status=RequestStatus.WAITING).first()


def screen_by_key(key: str) -> PayerScreen | None:
    """The screen whose address carries this key, while it is not revoked."""
    return PayerScreen.objects.filter(key_hash=hash_key(key), revoked_at=None).select_related("drawer__branch").first()


def shown_at(drawer: Drawer) -> QrRequest | None:
    """What a drawer's second screen shows: the newest code of its open shift, until a minute after it is settled."""
    requests = QrRequest.objects.filter(shift__drawer=drawer, shift__status="open").select_related("invoice")
    return requests.order_by("-id").first()
