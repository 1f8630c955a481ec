"""MT940, the SWIFT statement of an account: tags :25: :60F: :61: :86: :62F:, decimal comma, two-digit years.

Reversals (RC, RD) turn their sign; a date of booking without a year takes that of the value date.
"""

import datetime
import re
from decimal import Decimal

from django.utils.translation import gettext as _

from cashoffice.statements.parsed import Movement, Parsed, Unreadable, day_of, decimal_of, unreadable_amount

TAG = re.compile(r"^:(\d{2}[A-Z]?):", re.MULTILINE)
LINE = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<sign>R?[CD])(?P<funds>[A-Z])?(?P<amount>\d+,\d{0,2})"
    r"(?P<kind>[A-Z][A-Z0-9]{3})(?P<reference>[^\n/]*)(?://(?P<bank>[^\n]*))?"
)
BALANCE = re.compile(r"(?P<sign>[CD])(?P<date>\d{6})(?P<currency>[A-Z]{3})(?P<amount>\d+,\d{0,2})")


def parse(content: bytes) -> list[Parsed]:
    """Every statement of the file. Raises Unreadable."""
    text = content.decode("utf-8", errors="replace").replace("\r\n", "\n")
    fields = _fields(text)
    statements: list[list[tuple[str, str]]] = []
    for tag, value in fields:
        if tag == "20":
            statements.append([])
        if statements:
            statements[-1].append((tag, value))
    if not statements:
        raise Unreadable(_("There is no statement of an account in it."))
    return [_statement(one) for one in statements]


def _fields(text: str) -> list[tuple[str, str]]:
    marks = list(TAG.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [(mark[1], text[mark.end() : end].split("\n-", 1)[0].strip()) for mark, end in zip(marks, ends, strict=True)]


def _statement(fields: list[tuple[str, str]]) -> Parsed:
    opening: tuple[str, Decimal] | None = None
    closing: tuple[str, Decimal] | None = None
    movements: list[Movement] = []
    for tag, value in fields:
        if tag in ("60F", "60M") and opening is None:
            opening = _balance(value)
        elif tag in ("62F", "62M"):
            closing = _balance(value)
        elif tag == "61":
            movements.append(_movement(value))
        elif tag == "86" and movements:
            last = movements[-1]
            movements[-1] = Movement(last.date, last.amount, last.reference, " ".join(value.split())[:300])
    if opening is None or closing is None:
        raise Unreadable(_("It is without opening or closing balance."))
    return Parsed(opening[0], movements, opening[1], closing[1]).checked()


def _balance(value: str) -> tuple[str, Decimal]:
    found = BALANCE.match(value)
    if not found:
        raise unreadable_amount(":60F: :62F:")
    return found["currency"], _amount(found["amount"], found["sign"])


def _movement(value: str) -> Movement:
    found = LINE.match(value)
    if not found:
        raise Unreadable(_("A movement cannot be read."))
    day = day_of(found["value"], "%y%m%d", where=":61:")
    if found["booked"]:
        day = _booked(day, found["booked"])
    reference = (found["bank"] or "").strip() or found["reference"].strip()
    return Movement(day, _amount(found["amount"], found["sign"]), "" if reference == "NONREF" else reference[:80])


def _booked(value: datetime.date, booked: str) -> datetime.date:
    """The day of booking lies near the value date: across New Year it is of the year before or after."""
    near = [day_of(f"{value.year + step}{booked}", "%Y%m%d", where=":61:") for step in (-1, 0, 1)]
    return min(near, key=lambda day: abs(day - value))


def _amount(text: str, sign: str) -> Decimal:
    amount = decimal_of(text, where=":61:", comma=True)
    return amount if sign in ("C", "RD") else -amount
