"""What the papers of the cash office have in common: whom they are about, both currencies, amounts in words, copies."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from billing.models import Printing
from billing.paper_codes import PaperCode
from core.money import KHR, USD, Money, convert
from core.pdf import qr_svg
from core.spelling import spell_money
from patients.models import Patient

Pairs = list[tuple[str, Any]]


def copy_words(printed: Printing) -> str:
    return _("Copy %(number)d") % {"number": printed.copy - 1} if printed.is_copy else ""


def whom(people: Sequence[Patient]) -> tuple[str, str]:
    names = [f"{one.full_name} · {one.mrn}" for one in people]
    return (_("Patient") if len(names) == 1 else _("Patients"), "\n".join(names))


def spelled(*amounts: Money) -> list[str]:
    """Amounts in words of the paper's language."""
    language = translation.get_language() or "en"
    return [_("In words: %(words)s") % {"words": spell_money(money, language)} for money in amounts]


def in_both(words: str, money: Money, rate: Decimal | None) -> Pairs:
    """An amount and, below it, the same in the other currency."""
    other = USD if money.currency == KHR else KHR
    return [(words, money), *([("", convert(money, other, rate))] if rate else [])]


def rate_note(rate: Decimal | None) -> list[str]:
    return [_("1 dollar is %(riel)s riel") % {"riel": f"{rate.normalize():,f}"}] if rate else []


def codes(found: Iterable[PaperCode]) -> list[dict[str, str]]:
    return [{"svg": qr_svg(code.text), "caption": str(code.caption)} for code in found]


def item(text: str, detail: str = "") -> dict[str, str]:
    """The first cell of a row: what it is, and a detail below."""
    return {"text": text, "detail": detail}
