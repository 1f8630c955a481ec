"""A charge's arithmetic in words, in the reader's language, from what the charge itself has kept."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.insurers import payer_in_words
from billing.models import Charge, Day, Nationality, PriceList, Unit
from billing.queries.quotes import Quote
from core.money import Money, format_money

Pair = tuple[str, str]


def charge_in_words(charge: Charge) -> list[Pair]:
    """How the charge came about, step by step: a short title and a sentence each."""
    return [(_("Charged"), _event(charge)), *told_in_words(charge.explanation)]


def quote_in_words(quote: Quote, code: str) -> list[Pair]:
    """Why somebody would be asked this price."""
    return told_in_words(quote.told(code, Decimal(1), quote.unit))


def told_in_words(told: dict[str, Any]) -> list[Pair]:
    """What a charge keeps of its price, in words."""
    return [
        (_("Price list"), _list_in_words(told)),
        *([(_("Because"), condition) for condition in _met_in_words(told.get("met", {}))]),
        *_skipped_in_words(told),
        (_("Price"), _price_in_words(told)),
        *_lasted_in_words(told.get("lasted", {})),
        *_steps_in_words(told),
    ]


def conditions_in_words(price_list: PriceList) -> list[str]:
    """When a list counts, a few words for each condition."""
    words = []
    if price_list.payer:
        words.append(_("payer: %(payer)s") % {"payer": payer_in_words(price_list.payer)})
    if price_list.nationality:
        words.append(_("nationality: %(group)s") % {"group": price_list.get_nationality_display()})
    if price_list.starts_at and price_list.ends_at:
        words.append(f"{price_list.starts_at:%H:%M}–{price_list.ends_at:%H:%M}")
    if price_list.picks_days:
        words.append(", ".join(price_list.day_names))
    if price_list.branch:
        words.append(_("branch: %(branch)s") % {"branch": price_list.branch.name})
    if price_list.valid_from:
        words.append(_("from %(day)s") % {"day": price_list.valid_from.isoformat()})
    if price_list.last_day:
        words.append(_("through %(day)s") % {"day": price_list.last_day.isoformat()})
    return words


def adjustment_in_words(price_list: PriceList) -> str:
    """What a list makes of standard prices: `+20 %`, `USD -1.00`; empty where nothing."""
    if price_list.percent is not None:
        return f"{price_list.percent.normalize():+f} %"
    return f"+ {format_money(price_list.plus)}" if price_list.plus else ""


def _event(charge: Charge) -> str:
    words = {"kind": charge.source_kind, "moment": f"{timezone.localtime(charge.created_at):%Y-%m-%d %H:%M}"}
    if charge.charged_by:
        return _("%(moment)s by %(person)s (%(kind)s)") % {**words, "person": str(charge.charged_by)}
    return _("%(moment)s (%(kind)s)") % words


def _list_in_words(told: dict[str, Any]) -> str:
    words = {"list": told["price_list"], "version": told.get("list_version", 1)}
    return _("List %(list)s, version %(version)s") % words


def _met_in_words(met: dict[str, str]) -> list[str]:
    """Why the list counted; groups and hours, never the country."""
    sentences: dict[str, Callable[[str], str]] = {
        "payer": lambda value: _("The visit is paid by: %(payer)s.") % {"payer": payer_in_words(value)},
        "nationality": lambda value: _("Nationality group: %(group)s.") % {"group": Nationality(value).label},
        "hours": lambda value: _("It was charged within the hours %(hours)s.") % {"hours": value},
        "days": lambda value: _("Kind of day: %(day)s.") % {"day": Day(int(value)).label},
        "branch": lambda value: _("Branch %(branch)s.") % {"branch": value},
        "validity": lambda value: _("The list is valid %(days)s.") % {"days": value.replace("/", " – ")},
    }
    return [sentences[name](value) for name, value in met.items()]


def _skipped_in_words(told: dict[str, Any]) -> list[Pair]:
    skipped = told.get("skipped", [])
    if not skipped:
        return []
    words = ngettext(
        "%(lists)s would come first but has no price for this service.",
        "%(lists)s would come first but have no price for this service.",
        len(skipped),
    )
    return [(_("Passed over"), words % {"lists": ", ".join(skipped)})]


def _price_in_words(told: dict[str, Any]) -> str:
    amount = told.get("standard", told["unit_price"])
    words = {
        "code": told["priced_code"],
        "asked": told["asked_code"],
        "price": format_money(Money(Decimal(amount), told["currency"])),
        "day": told["valid_from"],
    }
    if told["rule"] == "general":
        return _("%(asked)s has no price of its own; %(code)s costs %(price)s since %(day)s.") % words
    return _("%(code)s costs %(price)s since %(day)s.") % words


def _lasted_in_words(lasted: dict[str, str]) -> list[Pair]:
    """From when to when, and what was counted of it."""
    if not lasted:
        return []
    began, ended = (datetime.datetime.fromisoformat(lasted[name]) for name in ("began", "ended"))
    minutes = int((ended - began).total_seconds() // 60)
    words = {
        "began": f"{timezone.localtime(began):%Y-%m-%d %H:%M}",
        "ended": f"{timezone.localtime(ended):%Y-%m-%d %H:%M}",
        "hours": f"{minutes // 60}:{minutes % 60:02d}",
        "grace": lasted["grace_minutes"],
    }
    if lasted["unit"] == Unit.DAY:
        counted = _("%(began)s to %(ended)s is %(hours)s hours; days begun count, %(grace)s minutes over do not.")
    else:
        counted = _("%(began)s to %(ended)s is %(hours)s hours; hours begun count, %(grace)s minutes over do not.")
    return [(_("Time"), counted % words)]


def _steps_in_words(told: dict[str, Any]) -> list[Pair]:
    """Every step with the figure before it, as one would write it on paper."""
    before = Money(Decimal(told.get("standard", told["unit_price"])), told["currency"])
    steps = []
    for step in told.get("steps") or [_old_step(told)]:
        result = Money(Decimal(step["amount"]), step["currency"])
        steps.append(_step_in_words(step, before, result))
        before = before if step["op"] == "convert" else result
    return steps


def _old_step(told: dict[str, Any]) -> dict[str, str]:
    """Charges made before lists had conditions kept no steps."""
    return {"op": "quantity", "figure": told["quantity"], "amount": told["amount"], "currency": told["currency"]}


def _step_in_words(step: dict[str, str], before: Money, result: Money) -> Pair:
    words = {"before": format_money(before), "result": format_money(result), "figure": step["figure"]}
    match step["op"]:
        case "percent":
            sign = "+" if Decimal(step["figure"]) >= 0 else "−"
            words["figure"] = step["figure"].lstrip("-")
            return _("Percent"), f"{words['before']} {sign} {words['figure']} % = {words['result']}"
        case "convert":
            return _("Converted"), _("The amount is %(result)s; 1 dollar is %(figure)s riel.") % words
        case "plus":
            more = Money(Decimal(step["figure"]), result.currency)
            sign = "+" if more.amount >= 0 else "−"
            return _("Amount"), f"{words['before']} {sign} {format_money(abs(more))} = {words['result']}"
        case "follow_up":
            number, _space, day = step["figure"].partition(" ")
            words = {"visit": number, "day": day, "result": words["result"]}
            return _("Free"), _("Comes again after the paid consultation of %(day)s (%(visit)s): %(result)s") % words
        case "package":
            code, _space, day = step["figure"].partition(" ")
            words = {"package": code, "day": day, "result": words["result"]}
            return _("Package"), _("Held by package %(package)s through %(day)s: %(result)s") % words
        case "floor":
            return _("Not below nothing"), words["result"]
        case "round":
            return _("Rounded"), _("%(before)s to the next %(figure)s riel: %(result)s") % words
        case _:
            quantity = f"{Decimal(step['figure']).normalize():f}"
            return _("Quantity"), f"{quantity} × {words['before']} = {words['result']}"
