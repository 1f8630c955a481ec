"""What a service costs this patient now: the list that counts, its price, and each step from one to the other."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing import pricing
from billing.choice import Circumstances, conditions, counting_day, in_order
from billing.errors import RateMissing
from billing.insurers import ONE, insurer_of
from billing.models import Category, Holiday, Price, PriceList
from billing.pricing import Step
from billing.queries.catalogue import in_force_on, usable_rate
from billing.queries.follow_ups import consultation_before
from core.clock import now
from core.db.kept import kept
from core.money import Money
from core.preferences import preference

A_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Quote:
    """A price for somebody: the row it comes from, the list that counted, and how one became the other.

    `rule` is `own` where the code has a price itself and `general` where its general code (CONS of CONS-ENT) has.
    `skipped` are lists that hold as well and stand before, but have no price for the service. `met` says what the
    list asked for, `lasted` from when to when something charged by time did.
    """

    price: Price
    price_list: PriceList
    rule: str
    steps: Sequence[Step] = ()
    skipped: Sequence[str] = ()
    met: dict[str, str] = field(default_factory=dict)
    lasted: dict[str, str] = field(default_factory=dict)

    @property
    def unit(self) -> Money:
        return self.steps[-1].result if self.steps else self.price.money

    def told(self, code: str, quantity: Decimal, amount: Money) -> dict[str, Any]:
        """How an amount came about, so that anyone can compute it again. Ids, codes and figures only."""
        total = Step("quantity", amount, str(quantity))
        return {
            "asked_code": code,
            "priced_code": self.price.service.code,
            "rule": self.rule,
            "price_id": str(self.price.pk),
            "price_list": self.price_list.code,
            "list_version": self.price_list.version,
            "met": self.met,
            "skipped": list(self.skipped),
            "standard": str(self.price.amount),
            "valid_from": self.price.valid_from.isoformat(),
            "lasted": self.lasted,
            "quantity": str(quantity),
            "unit_price": str(self.unit.amount),
            "currency": str(self.unit.currency),
            "amount": str(amount.amount),
            "steps": [step.told() for step in (*self.steps, total)],
        }


def quote_for_visit(code: str, visit: Any, at: datetime.datetime | None = None) -> Quote | None:
    """What a service costs in a visit at a moment (now); None when no list has a price. Raises RateMissing."""
    moment = timezone.localtime(at or now()).replace(tzinfo=None)
    lists = _special(moment.date(), moment.date() - A_DAY)
    if lists:
        country = visit.patient.nationality if any(one.nationality for one in lists) else ""
        insurer = insurer_of(visit) if any(one.payer.startswith(ONE) for one in lists) else ""
        found = quote(
            code,
            branch=visit.branch_id,
            payer=visit.payer,
            insurer=insurer,
            country=country,
            moment=moment,
            lists=lists,
        )
    else:
        found = _best(code, [], moment.date())
    if found and found.unit and found.price.service.category == Category.CONSULTATION:
        before = consultation_before(visit, moment.date())
        if before:
            free = Step("follow_up", Money.zero(found.unit.currency), before)
            return replace(found, steps=[*found.steps, free])
    return found


def quote(
    code: str,
    *,
    branch: UUID | None,
    payer: str,
    country: str,
    moment: datetime.datetime,
    insurer: str = "",
    lists: Sequence[PriceList] | None = None,
) -> Quote | None:
    """What a service costs under these circumstances; `moment` is the hospital's own time. Raises RateMissing."""
    day = moment.date()
    if lists is None:
        lists = _special(day, day - A_DAY)
    holidays = _holidays(day, day - A_DAY) if any(one.picks_days for one in lists) else ()
    at = Circumstances(branch, payer, country, moment, holidays, insurer)
    return _best(code, in_order(lists, at), day, at)


@kept
def _special(day: datetime.date, before: datetime.date) -> QuerySet[PriceList]:
    """Lists with conditions that may hold on a day or in the night that began the day before."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=before)
    return PriceList.objects.filter(begun, lasting, is_default=False).select_related("branch").order_by("code")


def _holidays(*days: datetime.date) -> set[datetime.date]:
    return set(Holiday.objects.filter(date__in=days).order_by().values_list("date", flat=True))


@kept
def _prices(day: datetime.date, code: str, general: str) -> QuerySet[Price]:
    rows = Price.objects.filter(in_force_on(day), Q(service__code=code) | Q(service__code=general))
    return rows.filter(service__is_active=True).select_related("service", "price_list").order_by("valid_from")


def _best(code: str, lists: Sequence[PriceList], day: datetime.date, at: Circumstances | None = None) -> Quote | None:
    """The first list in order that has a price for the code or its general code; the default list comes last."""
    general = code.split("-", 1)[0]
    found: dict[tuple[UUID, str], Price] = {}
    standard: dict[str, Price] = {}
    for price in _prices(day, code, general):
        found[price.price_list_id, price.service.code] = price
        if price.price_list.is_default:
            standard[price.service.code] = price
    skipped: list[str] = []
    for price_list in lists:
        for asked in dict.fromkeys((code, general)):
            rule = "own" if asked == code else "general"
            met = _met(price_list, at) if at else {}
            if fixed := found.get((price_list.pk, asked)):
                return Quote(fixed, price_list, rule, skipped=skipped, met=met)
            base = standard.get(asked)
            if base and price_list.adjusts_category(base.service.category):
                return Quote(base, price_list, rule, _adjust(base, price_list, day), skipped, met)
        skipped.append(price_list.code)
    last = standard.get(code) or standard.get(general)
    if last is None:
        return None
    return Quote(last, last.price_list, "own" if last.service.code == code else "general", skipped=skipped)


def _adjust(base: Price, price_list: PriceList, day: datetime.date) -> list[Step]:
    plus = price_list.plus
    rate = usable_rate(day) if plus and plus.currency != base.currency else None
    if plus and plus.currency != base.currency and rate is None:
        raise RateMissing()
    step = preference("billing.cash_rounding_khr")
    return pricing.adjusted_price(base.money, percent=price_list.percent, plus=plus, rate=rate, step=step)


def _met(price_list: PriceList, at: Circumstances) -> dict[str, str]:
    """What the list asked for and found; a group of nationalities, never the country itself."""
    day = counting_day(price_list, at.moment) or at.moment.date()
    facts = {
        "payer": price_list.payer,
        "nationality": price_list.nationality,
        "hours": f"{price_list.starts_at:%H:%M}–{price_list.ends_at:%H:%M}" if price_list.starts_at else "",
        "days": str(at.kind_of(day)),
        "branch": price_list.branch.code if price_list.branch else "",
        "validity": f"{price_list.valid_from or ''}/{price_list.last_day or ''}",
    }
    return {name: facts[name] for name in conditions(price_list)}
