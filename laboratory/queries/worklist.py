"""What waits in the laboratory, by the step it waits for. A fixed number of statements, however long the list."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Count, Prefetch, Q, QuerySet, Value, When

from laboratory.models import Order, OrderItem, Result, Specimen
from laboratory.queries.orders import visible_orders
from laboratory.queries.specimens import visible_specimens
from laboratory.states import PUBLISHED, ItemState, Priority, ResultState


class Tab(models.TextChoices):
    COLLECT = "collect"
    RECEIVE = "receive"
    RESULT = "result"
    VERIFY = "verify"
    RELEASED = "released"


# Tabs whose rows are orders; the rows of the others are specimens.
OF_ORDERS = (Tab.COLLECT, Tab.RELEASED)
_STATES: dict[str, list[ItemState]] = {
    Tab.COLLECT: [ItemState.ORDERED],
    Tab.RECEIVE: [ItemState.COLLECTED],
    Tab.RESULT: [ItemState.RECEIVED],
    Tab.VERIFY: [ItemState.RESULTED, ItemState.VERIFIED],
    Tab.RELEASED: list(PUBLISHED),
}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; everything may be empty."""

    text: str = ""
    section: Any = None
    priority: str = ""
    branch: Any = None


def worklist(user, tab: str, filters: Filters) -> QuerySet:
    """The rows of one tab, STAT first and then the longest waiting; what is released, the latest first."""
    items = OrderItem.objects.filter(state__in=_STATES[tab])
    if filters.section:
        items = items.filter(test__section=filters.section)
    if tab in OF_ORDERS:
        return _orders(user, tab, items, filters)
    return _specimens(user, tab, items, filters)


def counts() -> dict[str, int]:
    """How much waits in each tab but the last, for the whole hospital, in two statements."""
    states = {tab: Q(state__in=_STATES[tab]) for tab in Tab if tab != Tab.RELEASED}
    waiting = OrderItem.objects.filter(state__in=[state for tab in states for state in _STATES[tab]])
    found = waiting.aggregate(
        collect=Count("order", filter=states[Tab.COLLECT], distinct=True),
        receive=Count("specimen", filter=states[Tab.RECEIVE], distinct=True),
        result=Count("specimen", filter=states[Tab.RESULT], distinct=True),
        verify=Count("specimen", filter=states[Tab.VERIFY], distinct=True),
    )
    corrections = Result.objects.filter(state=ResultState.SUBMITTED, version__gt=1, item__state__in=PUBLISHED)
    found["verify"] += corrections.aggregate(n=Count("specimen", distinct=True))["n"]
    return found


def waiting_total() -> int:
    """What the laboratory itself still has to do: receive, result, verify."""
    found = counts()
    return found["receive"] + found["result"] + found["verify"]


def _orders(user, tab: str, items: QuerySet[OrderItem], filters: Filters) -> QuerySet[Order]:
    orders = visible_orders(user).filter(pk__in=items.order_by().values("order"))
    orders = _narrow(orders, filters, prefix="")
    shown = OrderItem.objects.filter(state__in=_STATES[tab]).select_related("test__section")
    orders = orders.select_related("patient", "ordered_by", "encounter__department")
    orders = orders.prefetch_related(Prefetch("items", shown, to_attr="waiting"))
    return orders.order_by("-id") if tab == Tab.RELEASED else orders.order_by(_rank("priority"), "id")


def _specimens(user, tab: str, items: QuerySet[OrderItem], filters: Filters) -> QuerySet[Specimen]:
    here = Q(pk__in=items.order_by().values("specimen"))
    if tab == Tab.VERIFY:
        corrected = Result.objects.filter(state=ResultState.SUBMITTED, version__gt=1)
        if filters.section:
            corrected = corrected.filter(item__test__section=filters.section)
        here |= Q(pk__in=corrected.order_by().values("specimen"))
    specimens = _narrow(visible_specimens(user).filter(here), filters, prefix="order__")
    shown = OrderItem.objects.exclude(state=ItemState.CANCELLED).select_related("test__section")
    specimens = specimens.prefetch_related(Prefetch("items", shown, to_attr="waiting"))
    return specimens.order_by(_rank("order__priority"), "id")


def _rank(path: str) -> Case:
    stat, urgent = When(**{path: Priority.STAT}, then=Value(0)), When(**{path: Priority.URGENT}, then=Value(1))
    return Case(stat, urgent, default=Value(2))


def _narrow(rows: QuerySet, filters: Filters, *, prefix: str) -> QuerySet:
    if filters.priority:
        rows = rows.filter(**{f"{prefix}priority": filters.priority})
    if filters.branch:
        rows = rows.filter(**{f"{prefix}visit__branch": filters.branch})
    text = filters.text.strip().upper()
    if not text:
        return rows
    of_specimen = Specimen.objects.filter(accession=text).values("order")
    found = Q(patient__mrn=text) | Q(**{f"{prefix}number": text})
    found |= Q(pk__in=of_specimen) if prefix == "" else Q(accession=text)
    return rows.filter(found)
