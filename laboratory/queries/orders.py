from collections.abc import Collection
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Prefetch, Q, QuerySet

from clinical.models import Encounter
from clinical.states import OPEN
from core import clock
from core.db.lean import showing
from core.preferences import preference
from laboratory.access import orders_in_sight
from laboratory.models import Order, OrderItem
from laboratory.states import ItemState
from patients.access import sight_of
from patients.rows import named
from patients.states import VisitKind

Row = TypeVar("Row", bound=Model)


def of_visible_orders(user, rows: QuerySet[Row], path: str = "order") -> QuerySet[Row]:
    """Rows of an order that this person may see (laboratory.access)."""
    return rows.filter(orders_in_sight(user, path))


def visible_orders(user) -> QuerySet[Order]:
    return of_visible_orders(user, Order.objects.all(), "")


def takes_orders(encounter: Encounter) -> bool:
    """During a consultation; a patient who came to the laboratory only needs none."""
    return encounter.is_writable or (encounter.is_open and encounter.visit.kind == VisitKind.LABORATORY)


def walk_ins(user) -> list[Encounter]:
    """Today's patients who came to the laboratory only and wait for their order to be entered.

    They stand at its desk, so their confidentiality does not matter; the address of the form is open in the same way.
    """
    if not user.may("lab_order:walk_in"):
        return []
    shown = showing(_walk_ins(), "arrived_at", "visit__number", *named())
    return list(shown.order_by("id")[:50])


def walk_in_encounters(user) -> QuerySet[Encounter]:
    """Encounters for which an order may be entered at the laboratory's desk."""
    related = ("patient", "visit", "department", "branch")
    at_desk = Q(pk__in=_walk_ins().values("pk")) if user.may("lab_order:walk_in") else Q(pk__in=[])
    of_laboratory = Encounter.objects.select_related(*related).filter(visit__kind=VisitKind.LABORATORY)
    return of_laboratory.filter(sight_of(user).of("patient") | at_desk)


def _walk_ins() -> QuerySet[Encounter]:
    return Encounter.objects.filter(
        visit__kind=VisitKind.LABORATORY, status__in=OPEN, date=clock.today(), lab_orders__isnull=True
    )


def with_items(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with what a page shows of them, in a constant number of statements."""
    items = OrderItem.objects.select_related("test__section", "specimen")
    return orders.select_related("patient", "ordered_by", "visit__branch").prefetch_related(Prefetch("items", items))


def orders_of_encounter(encounter) -> QuerySet[Order]:
    return with_items(Order.objects.filter(encounter=encounter)).order_by("-id")


def recently_ordered(patient_id: UUID, test_ids: Collection[UUID]) -> list[OrderItem]:
    """Orders of the same tests for this patient within the hospital's window of repetition."""
    since = clock.now() - timedelta(hours=preference("laboratory.duplicate_hours"))
    items = OrderItem.objects.filter(patient_id=patient_id, test_id__in=test_ids, order__ordered_at__gte=since)
    return list(items.exclude(state=ItemState.CANCELLED).select_related("test", "order__ordered_by").order_by("-id"))
