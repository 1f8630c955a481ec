"""Pages of a list without counting it: one row more than shown is fetched to know whether another page follows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from core.asking import address_query

MAX_PAGE = 1_000  # an offset beyond this is a crawler or a typing error; narrowing the search is the way there


@dataclass(frozen=True)
class Page:
    """The rows of one page. Iterable; ``previous_url`` and ``next_url`` keep the filters of the request."""

    items: Sequence[Any]
    number: int
    per_page: int
    has_next: bool
    query: str

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Any:
        return self.items[index]

    @property
    def object_list(self) -> Sequence[Any]:
        return self.items

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.per_page + 1

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.items) - 1

    @property
    def next_url(self) -> str | None:
        return self._url(self.number + 1) if self.has_next else None

    @property
    def previous_url(self) -> str | None:
        return self._url(self.number - 1) if self.has_previous else None

    def _url(self, number: int) -> str:
        return "?" + "&".join(part for part in (self.query, f"page={number}") if part)


def paginate(request: HttpRequest, queryset: Any, per_page: int = 25) -> Page:
    """Return the page that ``?page=`` asks for. A page number that is not one is the first page."""
    number = _page_number(request.GET.get("page", ""))
    start = (number - 1) * per_page
    rows = list(queryset[start : start + per_page + 1])
    query = address_query(request)
    query.pop("page", None)
    return Page(rows[:per_page], number, per_page, len(rows) > per_page, query.urlencode())


def _page_number(text: str) -> int:
    return min(int(text), MAX_PAGE) if text.isascii() and text.isdigit() and int(text) > 0 else 1
