"""Panels of the first page: what waits for a person now, the first rows of each list with the way to all of it.

``home.register("laboratory/home/collect.html", order=30, permission="lab_specimen:collect", context=to_collect)``;
``context(request)`` returns what the template shows, its rows cut by ``first``, or None where there is nothing to say.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

from core import panels

ROWS = 10


def first(rows: Any) -> list[Any]:
    """The first rows of a list or a queryset, as many as a panel shows."""
    return list(rows[:ROWS])


def first_of(*lists: Iterable[Any]) -> list[Any]:
    """The first rows of several lists, one list after the other."""
    return [row for rows in lists for row in rows][:ROWS]


def register(
    template: str, *, order: int, permission: str, context: Callable[[HttpRequest], dict[str, Any] | None]
) -> panels.Panel:
    """Show ``template`` on the first page of those who hold ``permission``."""
    return panels.register(
        panels.Panel(
            slot="home",
            order=order,
            permission=permission,
            template=template,
            context=lambda request, subject: context(request),
        )
    )
