from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from core.preferences import preference
from laboratory.models import CriticalAlert, Order, OrderItem, Result
from laboratory.queries.orders import visible_orders, with_items
from laboratory.states import OPEN, PUBLISHED, ResultState

# What leaves the laboratory: the released version and, marked as replaced, those before it.
OUT = (ResultState.RELEASED, ResultState.SUPERSEDED)
_RELATED = ("item__test__section", "item__test__answer_set", "verified_by", "acknowledged_by", "previous")


def released_results(order: Order) -> list[Result]:
    """The valid released results of one order; drafts and unverified values do not exist for the reader."""
    results = Result.objects.filter(item__order=order, state=ResultState.RELEASED).select_related(*_RELATED, "specimen")
    return list(results.order_by("item__test__section__position", "item__test__position"))


def replaced_results(order: Order) -> list[Result]:
    """Earlier versions that a correction has replaced, the newest first."""
    results = Result.objects.filter(item__order=order, state=ResultState.SUPERSEDED).select_related(*_RELATED)
    return list(results.order_by("item__test__position", "-version"))


def published_orders(user) -> QuerySet[Order]:
    """Orders of which at least one result is out."""
    out = OrderItem.objects.filter(order=OuterRef("pk"), state__in=PUBLISHED)
    return visible_orders(user).filter(Exists(out))


def orders_to_read(user) -> QuerySet[Order]:
    """This doctor's own orders with results that nobody has acknowledged yet, the oldest first."""
    unread = Result.objects.filter(
        state=ResultState.RELEASED, acknowledged_at__isnull=True, item__order__ordered_by=user
    )
    return with_items(visible_orders(user).filter(pk__in=unread.order_by().values("item__order"))).order_by("id")


def unread_count(user) -> int:
    unread = Result.objects.filter(
        state=ResultState.RELEASED, acknowledged_at__isnull=True, item__order__ordered_by=user
    )
    return unread.aggregate(n=Count("item__order", distinct=True))["n"]


def open_alerts(user) -> QuerySet[CriticalAlert]:
    """Critical results that no doctor has acknowledged, the oldest first."""
    related = ("result__item__test", "result__item__order__ordered_by", "result__item__patient", "called_by")
    alerts = CriticalAlert.objects.filter(acknowledged_at__isnull=True)
    return (
        alerts.filter(result__item__order__in=visible_orders(user).order_by()).select_related(*related).order_by("id")
    )


def open_alert_count(user) -> int:
    return open_alerts(user).order_by().count()


def previous_results(specimen, test_ids: Collection[UUID]) -> dict[UUID, Result]:
    """The patient's released results from the last specimen before this one, by test, within the hospital's window."""
    since = specimen.collected_at - timedelta(days=preference("laboratory.delta_days"))
    results = Result.objects.filter(
        item__patient_id=specimen.patient_id,
        item__test_id__in=test_ids,
        state=ResultState.RELEASED,
        specimen__collected_at__gte=since,
        specimen__collected_at__lt=specimen.collected_at,
    )
    latest = results.order_by("item__test_id", "-specimen__collected_at").distinct("item__test_id")
    return {result.item.test_id: result for result in latest.select_related("item", "specimen")}


def latest_results(patient, *, limit: int = 12) -> list[Result]:
    """The released result of each test from the patient's last specimen, the newest first, for the chart.

    The day of collection counts: a late correction of an old result is not news.
    """
    results = Result.objects.filter(item__patient=patient, state=ResultState.RELEASED)
    newest = results.order_by("item__test_id", "-specimen__collected_at").distinct("item__test_id")
    # The keys first: in one statement the planner joins every result of the hospital before it looks whose they are.
    keys = list(newest.values_list("pk", flat=True))
    shown = Result.objects.filter(pk__in=keys).select_related("item__test", "previous")
    return list(shown.order_by("-specimen__collected_at", "item__test__position")[:limit])


def trends(patient, tests: Collection, *, limit: int = 30) -> dict[UUID, list[Result]]:
    """The patient's last released results of some tests, by test, the oldest first; one statement."""
    results = Result.objects.filter(item__patient=patient, item__test__in=list(tests), state=ResultState.RELEASED)
    found: dict[UUID, list[Result]] = {}
    for result in results.select_related("specimen", "item").order_by("-specimen__collected_at")[: limit * 20]:
        row = found.setdefault(result.item.test_id, [])
        if len(row) < limit:
            row.insert(0, result)
    return found


def versions(item: OrderItem) -> list[Result]:
    """Every version of one test's result that was released, the newest first."""
    return list(item.results.filter(state__in=OUT).select_related("verified_by", "entered_by").order_by("-version"))


def submitted_results(specimen) -> list[Result]:
    """What the second person has to look at (laboratory only)."""
    results = Result.objects.filter(specimen=specimen, state=ResultState.SUBMITTED)
    related = (*_RELATED, "entered_by", "submitted_by", "previous__specimen")
    return list(results.select_related(*related).order_by("item__test__section__position", "item__test__position"))


def held_back(order: Order) -> bool:
    """Whether verified results of an order have not been released yet (laboratory only)."""
    return Result.objects.filter(item__order=order, state=ResultState.VERIFIED).exists()


def still_to_come(encounter) -> bool:
    """Whether the doctor of an encounter waits for results."""
    return OrderItem.objects.filter(order__encounter=encounter, state__in=OPEN).exists()


def unfinished(visit) -> bool:
    """Whether the laboratory has something left to do in a visit, or nobody has taken note of a critical result."""
    open_items = OrderItem.objects.filter(order__visit=visit, state__in=OPEN)
    alarms = CriticalAlert.objects.filter(result__item__order__visit=visit, acknowledged_at__isnull=True)
    return open_items.exists() or alarms.exists()
