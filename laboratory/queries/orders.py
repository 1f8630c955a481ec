from collections.abc import Collection
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Prefetch, QuerySet

from clinical.models import Encounter
from clinical.states import OPEN
from core import clock
from core.db.lean import showing
from core.preferences import preference
from laboratory.models import Order, OrderItem
from laboratory.states import ItemState
from patients.queries import sees_restricted
from patients.rows import named
from patients.states import Confidentiality, VisitKind

Row = TypeVar("Row", bound=Model)


def of_visible_patients(user, rows: QuerySet[Row], path: str = "patient") -> QuerySet[Row]:
    """Rows of the patients this person may see; who handles specimens sees all, restricted records included."""
    if user.may("lab_worklist:view") or sees_restricted(user):
        return rows
    return rows.filter(**{f"{path}__confidentiality": Confidentiality.NORMAL})


def visible_orders(user) -> QuerySet[Order]:
    return of_visible_patients(user, Order.objects.all())


def takes_orders(encounter: Encounter) -> bool:
    """During a consultation; a patient who came to the laboratory only needs none."""
    return encounter.is_writable or (encounter.is_open and encounter.visit.kind == VisitKind.LABORATORY)


def walk_ins(user) -> list[Encounter]:
    """Today's patients who came to the laboratory only and wait for their order to be entered."""
    waiting = Encounter.objects.filter(
        visit__kind=VisitKind.LABORATORY, status__in=OPEN, date=clock.today(), lab_orders__isnull=True
    )
    shown = showing(waiting, "arrived_at", "visit__number", *named())
    return list(of_visible_patients(user, shown).order_by("id")[:50])


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
