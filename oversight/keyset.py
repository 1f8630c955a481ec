"""Pages of a long list by place instead of by number: page thousand costs what the first one does."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from core.asking import address_query

Place = tuple[datetime.datetime, int]


@dataclass(frozen=True)
class KeysetPage:
    """The rows of a page, and the addresses of the first and the next one with the filters kept."""

    items: Sequence[Any]
    first_url: str
    next_url: str

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def place_of(request: HttpRequest) -> Place | None:
    """Where the asked-for page begins; None for the first, and for a place that is none."""
    moment, _, number = request.GET.get("before", "").partition("~")
    try:
        at = datetime.datetime.fromisoformat(moment)
        return (at if timezone.is_aware(at) else timezone.make_aware(at)), int(number)
    except ValueError:
        return None


def keyset_page(request: HttpRequest, found: Any, behind: Any, per_page: int = 25) -> KeysetPage:
    place = place_of(request)
    rows = list(behind(found, place)[: per_page + 1])
    shown = rows[:per_page]
    query = address_query(request)
    query.pop("before", None)
    first = f"?{query.urlencode()}" if place else ""
    return KeysetPage(shown, first, _next(query, shown[-1]) if len(rows) > per_page else "")


def _next(query: QueryDict, last: Any) -> str:
    query["before"] = f"{last.at.astimezone(datetime.UTC).isoformat()}~{last.pk}"
    return f"?{query.urlencode()}"
