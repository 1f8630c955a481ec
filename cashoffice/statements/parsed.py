"""What a statement's file says, whatever its format."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

MOST_LINES = 10_000


class Unreadable(ValueError):
    """The file is not what it should be; the text says where, and never what a payer wrote."""


@dataclass(frozen=True)
class Movement:
    """One movement of an account: money in positive, money out negative."""

    date: datetime.date
    amount: Decimal
    reference: str = ""
    text: str = ""


@dataclass(frozen=True)
class Parsed:
    """A statement: its currency, the balances it names, and its movements in order."""

    currency: str
    movements: Sequence[Movement] = field(default_factory=list)
    opening: Decimal | None = None
    closing: Decimal | None = None

    def checked(self) -> "Parsed":
        """Itself, when it holds movements that lead from its opening to its closing balance. Raises Unreadable."""
        if not self.movements:
            raise Unreadable(_("It has no movements."))
        if len(self.movements) > MOST_LINES:
            raise Unreadable(_("It has more than %(count)s movements.") % {"count": f"{MOST_LINES:,}"})
        if self.currency not in ("USD", "KHR"):
            raise Unreadable(_("Its currency is neither USD nor KHR."))
        total = sum((one.amount for one in self.movements), Decimal(0))
        if self.opening is not None and self.closing is not None and self.opening + total != self.closing:
            raise Unreadable(_("Its movements do not lead from the opening to the closing balance."))
        return self


def unreadable_amount(where: str) -> Unreadable:
    """What to raise for an amount that is none; `where` is a tag of the format or the number of a row."""
    return Unreadable(_("An amount cannot be read (%(where)s).") % {"where": where})


def decimal_of(text: str, *, where: str, comma: bool = False) -> Decimal:
    """An amount as files write it: thousands apart by comma, blank or apostrophe, or with a decimal comma."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "").replace("'", "")
    plain = plain.replace(".", "").replace(",", ".") if comma else plain.replace(",", "")
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise unreadable_amount(where) from None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 12 or amount != round(amount, 2):
        raise unreadable_amount(where)
    return amount


def day_of(text: str, form: str, *, where: str) -> datetime.date:
    try:
        return datetime.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        raise Unreadable(_("A date cannot be read (%(where)s).") % {"where": where}) from None
