"""The first page of the cash office: my shift, who has to pay, which shifts wait for acceptance."""

from typing import Any

from django.http import HttpRequest

from billing.queries.concessions import waiting_concessions
from billing.queries.worklist import running_shift, shifts_to_accept, to_collect, visits_to_collect
from core import home


def till(request: HttpRequest) -> dict[str, Any]:
    """A cashier's shift and the visits to collect; sums come only after the count, which is blind."""
    visits = home.first(visits_to_collect(request.user, branch=request.workplace.branch))
    return {"rows": to_collect(visits), "shift": running_shift(request.user)}


def to_accept(request: HttpRequest) -> dict[str, Any]:
    return {"rows": home.first(shifts_to_accept(request.user).prefetch_related("totals"))}


def to_decide(request: HttpRequest) -> dict[str, Any]:
    return {"rows": home.first(waiting_concessions(request.user))}


home.register("billing/home/concessions.html", order=7, permission="concession:approve", context=to_decide)
home.register("billing/home/till.html", order=10, permission="payment:take", context=till)
home.register("billing/home/shifts.html", order=8, permission="shift:accept", context=to_accept)
