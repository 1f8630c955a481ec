"""What waits in the laboratory, by the step it waits for. A fixed number of statements, however long the list."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When

from core import clock
from core.db.lean import showing
from laboratory.models import Order, OrderItem, Result, Specimen
from laboratory.queries.orders import of_visible_orders, visible_orders
from laboratory.queries.specimens import visible_specimens
from laboratory.states import PUBLISHED, ItemState, Priority, ResultState
from patients.models import Patient
from patients.rows import named


class Tab(models.TextChoices):
    COLLECT = "collect"
    RECEIVE = "receive"
    RESULT = "result"
    VERIFY = "verify"
    RELEASED = "released"


RECENT = timedelta(days=30)
AT_ONCE = 5000  # open orders or tubes of one hospital; a worklist beyond this has other problems
# Tabs whose rows are orders; the rows of the others are specimens.
OF_ORDERS = (Tab.COLLECT, Tab.RELEASED)
_STATES: dict[str, list[ItemState]] = {
    Tab.COLLECT: [ItemState.ORDERED],
    Tab.RECEIVE: [ItemState.COLLECTED],
    Tab.RESULT: [ItemState.RECEIVED],
    Tab.VERIFY: [ItemState.RESULTED, ItemState.VERIFIED],
    Tab.RELEASED: list(PUBLISHED),
}
# What the rows show.
_OF_TEST = ("test__code", "test__name", "recollections")
_ORDERED = ("number", "priority", "ordered_at", "ordered_by__full_name", "ordered_by__username")
_OF_ORDER = (*_ORDERED, "encounter__department__name", *named())
_OF_TUBE = (
    *("accession", "collected_at", "received_at", "specimen_type__name", "container__name"),
    *("order__number", "order__priority", *named()),
)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; everything may be empty."""

    text: str = ""
    section: Any = None
    priority: str = ""
    branch: Any = None


def worklist(user, tab: str, filters: Filters) -> QuerySet:
    """The rows of one tab, STAT first and then the longest waiting; what is released, the latest first."""
    items = OrderItem.objects.filter(state__in=_STATES[tab]).order_by()
    if filters.section:
        items = items.filter(test__section=filters.section)
    if tab == Tab.RELEASED:
        return _released(user, items, filters)
    if tab == Tab.COLLECT:
        orders = visible_orders(user).filter(pk__in=_ids(items, "order_id"))
        return _with_tests(_narrow(orders, filters, ""), tab).order_by(_rank("priority"), "id")
    ids = _ids(items, "specimen_id")
    if tab == Tab.VERIFY:
        ids += _ids(_corrections(filters), "specimen_id")
    specimens = _narrow(visible_specimens(user).filter(pk__in=ids), filters, "order__")
    tests = showing(OrderItem.objects.exclude(state=ItemState.CANCELLED), *_OF_TEST, "specimen")
    specimens = showing(specimens, *_OF_TUBE).prefetch_related(Prefetch("items", tests, to_attr="waiting"))
    return specimens.order_by(_rank("order__priority"), "id")


def counts(user) -> dict[str, int]:
    """How much of what this person may see waits in each tab but the last, in two statements."""
    states = {tab: Q(state__in=_STATES[tab]) for tab in Tab if tab != Tab.RELEASED}
    waiting = OrderItem.objects.filter(state__in=[state for tab in states for state in _STATES[tab]])
    found = of_visible_orders(user, waiting).aggregate(
        collect=Count("order", filter=states[Tab.COLLECT], distinct=True),
        receive=Count("specimen", filter=states[Tab.RECEIVE], distinct=True),
        result=Count("specimen", filter=states[Tab.RESULT], distinct=True),
        verify=Count("specimen", filter=states[Tab.VERIFY], distinct=True),
    )
    corrections = _corrections(Filters()).filter(item__in=of_visible_orders(user, OrderItem.objects.order_by()))
    found["verify"] += corrections.aggregate(n=Count("specimen", distinct=True))["n"]
    return found


def waiting_for(user) -> int:
    """How much of it is this person's work."""
    found, work = counts(user), {"collect": "lab_specimen:collect", "receive": "lab_specimen:receive"}
    work |= {"result": "lab_result:enter", "verify": "lab_result:verify"}
    return sum(found[step] for step, permission in work.items() if user.may(permission))


def _ids(rows: QuerySet, column: str) -> list[UUID]:
    """What is open is little, however long the history: named one by one it is found by index, whatever the planner
    believes."""
    return list(rows.values_list(column, flat=True).distinct()[:AT_ONCE])


def _corrections(filters: Filters) -> QuerySet[Result]:
    """Corrections of released results that wait for the second person."""
    corrections = Result.objects.filter(state=ResultState.SUBMITTED, version__gt=1).order_by()
    return corrections.filter(item__test__section=filters.section) if filters.section else corrections


def _released(user, items: QuerySet[OrderItem], filters: Filters) -> QuerySet[Order]:
    """Orders with released results of the last weeks; a number finds older ones as well."""
    orders = _narrow(visible_orders(user), filters, "")
    if not filters.text.strip():
        orders = orders.filter(ordered_at__gte=clock.now() - RECENT)
    orders = orders.filter(Exists(items.filter(order=OuterRef("pk"))))
    return _with_tests(orders, Tab.RELEASED).order_by("-ordered_at")


def _with_tests(orders: QuerySet[Order], tab: str) -> QuerySet[Order]:
    tests = showing(OrderItem.objects.filter(state__in=_STATES[tab]), *_OF_TEST, "order")
    return showing(orders, *_OF_ORDER).prefetch_related(Prefetch("items", tests, to_attr="waiting"))


def _rank(path: str) -> Case:
    stat, urgent = When(**{path: Priority.STAT}, then=Value(0)), When(**{path: Priority.URGENT}, then=Value(1))
    return Case(stat, urgent, default=Value(2))


def _narrow(rows: QuerySet, filters: Filters, prefix: str) -> QuerySet:
    """Rows of orders (prefix "") or specimens ("order__") that the filters let through."""
    if filters.priority:
        rows = rows.filter(**{f"{prefix}priority": filters.priority})
    if filters.branch:
        rows = rows.filter(**{f"{prefix}visit__branch": filters.branch})
    text = filters.text.strip().upper()
    return rows.filter(_of_number(text, "order_id" if prefix else "pk")) if text else rows


def _of_number(text: str, order: str) -> Q:
    """Rows of the order, the tube or the patient with exactly this number; each is looked up by its own index."""
    orders = [*Order.objects.filter(number=text).values_list("pk", flat=True)]
    orders += Specimen.objects.filter(accession=text).values_list("order_id", flat=True)
    patients = list(Patient.objects.filter(mrn=text).values_list("pk", flat=True))
    return Q(**{f"{order}__in": orders}) | Q(patient__in=patients)
