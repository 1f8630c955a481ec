"""The first page of those the laboratory needs: what to collect, receive, enter, verify and read."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from core import home
from laboratory.queries.results import open_alerts, orders_to_read
from laboratory.queries.worklist import Filters, Tab, worklist


def critical(request: HttpRequest) -> dict[str, Any] | None:
    """Only while there is one: nobody needs to be told every day that nobody is in danger."""
    rows = home.first(open_alerts(request.user))
    return {"rows": rows} if rows else None


def to_read(request: HttpRequest) -> dict[str, Any]:
    return {"rows": home.first(orders_to_read(request.user))}


def to_collect(request: HttpRequest) -> dict[str, Any]:
    filters = Filters(branch=request.workplace.branch)
    return {"rows": home.first(worklist(request.user, Tab.COLLECT, filters))}


def on_the_bench(tab: Tab) -> Callable[[HttpRequest], dict[str, Any]]:
    """Tubes that wait for one step; a laboratory serves every branch."""
    return lambda request: {"rows": home.first(worklist(request.user, tab, Filters()))}


home.register("laboratory/home/critical.html", order=5, permission="lab_result:view", context=critical)
home.register("laboratory/home/verify.html", order=20, permission="lab_result:verify", context=on_the_bench(Tab.VERIFY))
home.register("laboratory/home/enter.html", order=21, permission="lab_result:enter", context=on_the_bench(Tab.RESULT))
home.register(
    "laboratory/home/receive.html", order=22, permission="lab_specimen:receive", context=on_the_bench(Tab.RECEIVE)
)
home.register("laboratory/home/collect.html", order=30, permission="lab_specimen:collect", context=to_collect)
home.register("laboratory/home/read.html", order=30, permission="lab_result:acknowledge", context=to_read)
