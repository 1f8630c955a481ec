"""Whose orders, specimens and results a person sees in the laboratory; see patients.access.

The bench works on tubes, not on charts: whoever receives, enters or verifies sees the orders of the treating window
whoever the patient is; whoever only collects sees them until the tubes are filled. Who ordered reads the results.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from core import clock
from core.preferences import preference
from laboratory.models import Order, OrderItem
from laboratory.states import ItemState
from patients.access import Days, relates, sight_of

BENCH = ("lab_specimen:receive", "lab_result:enter", "lab_result:verify")
TO_COLLECT = (ItemState.ORDERED, ItemState.COLLECTED)


@relates()
def ordering(person: UUID, days: Days) -> QuerySet:
    """Whoever ordered tests."""
    return Order.objects.filter(ordered_by=person, ordered_at__gte=days.since_at).values("patient")


def works_at_bench(user: Any) -> bool:
    return any(user.may(code) for code in BENCH)


def orders_in_sight(user: Any, path: str = "") -> Q:
    """Orders (path "") or rows of an order (path "order") within the person's sight or work."""
    prefix = f"{path}__" if path else ""
    seen = sight_of(user).of("patient") | Q(**{f"{prefix}ordered_by": user})
    if works_at_bench(user):
        since = clock.now() - timedelta(days=preference("patients.treating_days"))
        return seen | Q(**{f"{prefix}ordered_at__gte": since})
    if user.may("lab_specimen:collect"):
        waiting = OrderItem.objects.filter(state__in=TO_COLLECT).order_by().values("order")
        return seen | Q(**{f"{path or 'pk'}__in": waiting})
    return seen
