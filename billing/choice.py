"""Which price list counts: pure functions over lists and circumstances, without the database.

Of the lists whose conditions all hold, the one of highest priority goes first; among equals the one with more
conditions; then payer before nationality, one payer before a kind of payer, ASEAN before foreign, hours, days, branch,
validity; at last the code. Two lists never stand on the same step, so the same circumstances always give the same
order. The default list is last.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from billing.insurers import ONE
from billing.models import Day, Nationality, PriceList
from billing.nationality import groups_of


@dataclass(frozen=True)
class Circumstances:
    """What the conditions of a list are held against. `moment` is the hospital's own time, without an offset.

    `insurer` is the one payer of the visit beside its kind, as billing.insurers names it.
    """

    branch: UUID | None
    payer: str
    country: str
    moment: datetime.datetime
    holidays: Collection[datetime.date] = field(default=())
    insurer: str = ""

    def kind_of(self, day: datetime.date) -> int:
        return Day.HOLIDAY if day in self.holidays else day.isoweekday()


def counting_day(price_list: PriceList, moment: datetime.datetime) -> datetime.date | None:
    """The day whose hours we are in: yesterday after midnight of a night's list; None outside the hours."""
    starts, ends, hour = price_list.starts_at, price_list.ends_at, moment.time()
    if starts is None or ends is None:
        return moment.date()
    if starts < ends:
        return moment.date() if starts <= hour < ends else None
    if hour >= starts:
        return moment.date()
    return moment.date() - datetime.timedelta(days=1) if hour < ends else None


def holds(price_list: PriceList, at: Circumstances) -> bool:
    """Whether every condition of the list is met."""
    day = counting_day(price_list, at.moment)
    return (
        day is not None
        and price_list.branch_id in (None, at.branch)
        and price_list.payer in ("", at.payer, at.insurer)
        and (not price_list.nationality or price_list.nationality in groups_of(at.country))
        and at.kind_of(day) in price_list.days
        and (price_list.valid_from is None or price_list.valid_from <= day)
        and (price_list.valid_to is None or day < price_list.valid_to)
    )


def conditions(price_list: PriceList) -> list[str]:
    """The conditions a list sets, the weightiest first."""
    asked = {
        "payer": price_list.payer,
        "nationality": price_list.nationality,
        "hours": price_list.starts_at is not None,
        "days": price_list.picks_days,
        "branch": price_list.branch_id,
        "validity": price_list.valid_from or price_list.valid_to,
    }
    return [name for name, is_set in asked.items() if is_set]


def place(price_list: PriceList) -> tuple[Any, ...]:
    """Where a list stands in the order; the smaller goes first."""
    asked = conditions(price_list)
    weights = tuple(name not in asked for name in ("payer", "nationality"))
    one_payer = price_list.payer.startswith(ONE)
    narrow = (not one_payer, price_list.nationality == Nationality.FOREIGN)  # ASEAN is the narrower group
    rest = tuple(name not in asked for name in ("hours", "days", "branch", "validity"))
    return (price_list.is_default, -price_list.priority, -len(asked), weights, narrow, rest, price_list.code)


def in_order(lists: Iterable[PriceList], at: Circumstances) -> list[PriceList]:
    """The lists that hold, the one that counts first."""
    return sorted((one for one in lists if holds(one, at)), key=place)
