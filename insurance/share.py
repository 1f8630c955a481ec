"""Who pays what of a bill: pure arithmetic, Decimal only, no database. Every line says how its share came about.

All amounts are in the bill's currency. For each line in its order: what was done on a day on which the coverage does
not hold, is excluded or lacks an authorisation is the patient's; of the rest the yearly deductible is taken first, then
the co-pay (a share, and a fixed amount for each line), and what is left is the payer's as far as the limits of the
visit and of the year allow.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.money import Money, convert, quantize

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True)
class Rule:
    """What a contract says of a service or a category; None leaves it to what is less particular."""

    excluded: bool = False
    needs_authorisation: bool = False
    copay_rate: Decimal | None = None
    copay_fixed: Decimal | None = None


@dataclass(frozen=True)
class Span:
    """Days from one to another, both included; None is open."""

    since: datetime.date | None = None
    until: datetime.date | None = None

    def __contains__(self, day: datetime.date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Leave:
    """What the payer gave leave for (a service code, `category:<category>`, or `*`), and on which days."""

    scope: str
    days: Span

    def counts_for(self, item: "Item") -> bool:
        return self.scope in (*item.keys, "*") and item.day in self.days


@dataclass(frozen=True)
class Terms:
    """A contract as it stands for one bill. `rules` by service code or `category:<category>`; it holds on `days`.

    `deductible`, `visit_left` and `year_left` are what is left of them; None is no limit. `flat`: one fee for the case.
    """

    currency: str
    copay_rate: Decimal = ZERO
    copay_fixed: Decimal = ZERO
    deductible: Decimal = ZERO
    visit_left: Decimal | None = None
    year_left: Decimal | None = None
    flat: bool = False
    rules: Mapping[str, Rule] = field(default_factory=dict)
    leaves: Sequence[Leave] = ()
    days: Span = Span()


@dataclass(frozen=True)
class Item:
    """One line of the bill; `amount` is what it costs after discount, `day` when it was done."""

    code: str
    category: str
    amount: Decimal
    day: datetime.date

    @property
    def keys(self) -> tuple[str, str]:
        return self.code, f"category:{self.category}"


@dataclass(frozen=True)
class Share:
    """What the payer takes of a line, what of the deductible the patient used up, and the arithmetic in words."""

    covered: Decimal
    deductible: Decimal = ZERO
    why: Mapping[str, str] = field(default_factory=dict)


def split(items: Sequence[Item], terms: Terms) -> list[Share]:
    """The payer's share of every line; what is left of deductible and limits runs from line to line."""
    shares = []
    deductible, visit_left, year_left = terms.deductible, terms.visit_left, terms.year_left
    for item in items:
        share = _share(item, terms, deductible, visit_left, year_left)
        deductible -= share.deductible
        visit_left = None if visit_left is None else visit_left - share.covered
        year_left = None if year_left is None else year_left - share.covered
        shares.append(share)
    return shares


def _share(
    item: Item, terms: Terms, deductible: Decimal, visit_left: Decimal | None, year_left: Decimal | None
) -> Share:
    rule, source = _rule_of(item, terms)
    why = {"of": str(item.amount), "rule": source}
    if item.day not in terms.days:
        return Share(ZERO, why=why | {"coverage": "ended", "covered": "0"})
    if rule.excluded:
        return Share(ZERO, why=why | {"excluded": "yes", "covered": "0"})
    if rule.needs_authorisation and not _authorised(item, terms):
        return Share(ZERO, why=why | {"authorisation": "missing", "covered": "0"})
    if terms.flat:
        return Share(item.amount, why=why | {"flat": "yes", "covered": str(item.amount)})
    used = min(item.amount, deductible)
    rest = item.amount - used
    rate = terms.copay_rate if rule.copay_rate is None else rule.copay_rate
    fixed = terms.copay_fixed if rule.copay_fixed is None else rule.copay_fixed
    percent = quantize(rest * rate, terms.currency)
    flat = min(fixed, rest - percent)
    wanted = rest - percent - flat
    within_visit = wanted if visit_left is None else min(wanted, visit_left)
    covered = within_visit if year_left is None else min(within_visit, year_left)
    parts = {
        "deductible": used,
        "percent": percent,
        "fixed": flat,
        "over_visit": wanted - within_visit,
        "over_year": within_visit - covered,
    }
    why |= {name: str(amount) for name, amount in parts.items() if amount}
    if percent:
        why["rate"] = str(rate)
    return Share(covered, used, why | {"covered": str(covered)})


def _authorised(item: Item, terms: Terms) -> bool:
    return any(leave.counts_for(item) for leave in terms.leaves)


def _rule_of(item: Item, terms: Terms) -> tuple[Rule, str]:
    """The service's own rule before its category's; neither: the contract's general terms."""
    for key in item.keys:
        if key in terms.rules:
            return terms.rules[key], key
    return Rule(), "contract"


def fee_difference(covered: Decimal, fee: Decimal) -> Decimal:
    """What the bill is above the flat fee (or, negative, below it): nobody owes it."""
    return covered - fee


def portion(whole: Decimal, part: Decimal, of: Decimal, currency: str) -> Decimal:
    """`whole` times `part` out of `of`, rounded; all when `part` is all. Differences of portions add up exactly."""
    if part == of:
        return whole
    return quantize(whole * part / of, currency) if of else ZERO


def brought(amount: Decimal | None, source: str, target: str, rate: Decimal) -> Decimal | None:
    """An amount of a contract in the bill's currency, or back; None stays None."""
    return None if amount is None else convert(Money.rounded(amount, source), target, rate).amount
