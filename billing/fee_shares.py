"""What a doctor gets of a line: pure, as billing.pricing."""

from decimal import Decimal

from billing.pricing import ZERO, in_currency, line_amount
from core.money import Money


def fee(worth: Money, quantity: Decimal, percent: Decimal | None, fixed: Money | None, rate: Decimal) -> Money:
    """A doctor's share of a line: percent of what it brought, or so much for each, in the line's currency."""
    if fixed is not None:
        return in_currency(line_amount(fixed, quantity), worth.currency, rate)
    return worth * ((percent or ZERO) / 100)
