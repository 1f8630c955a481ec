"""What the doctor does with results: read them, acknowledge them, be called about critical ones."""

from django.db import transaction
from django.urls import reverse

from core import clock
from laboratory.errors import ReasonMissing
from laboratory.models import CriticalAlert, Order, Result
from laboratory.services.moves import lock_order
from laboratory.states import ResultState
from notifications.services import settle_notices


@transaction.atomic
def acknowledge_results(*, order: Order, by) -> int:
    """A doctor has seen the released results of an order, the critical ones included; returns how many were new.

    The first acknowledgement of a version counts; a correction has to be acknowledged again.
    """
    lock_order(order.pk)
    now = clock.now()
    released = Result.objects.filter(item__order=order, state=ResultState.RELEASED)
    alerts = CriticalAlert.objects.filter(result__item__order=order, acknowledged_at__isnull=True)
    alerts.update(acknowledged_at=now, acknowledged_by=by)
    fresh = released.filter(acknowledged_at__isnull=True).update(acknowledged_at=now, acknowledged_by=by)
    settle_notices(url=reverse("laboratory:order-detail", args=[order.pk]), by=by)
    return fresh


@transaction.atomic
def note_call(*, alert: CriticalAlert, note: str, by) -> CriticalAlert:
    """Note who was called about a critical result and read the value back; the alert stays open."""
    if not note.strip():
        raise ReasonMissing(field="call_note")
    alert = CriticalAlert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    alert.called_at, alert.called_by, alert.call_note = clock.now(), by, note.strip()[:300]
    alert.save(update_fields=["called_at", "called_by", "call_note", "updated_at"])
    return alert
