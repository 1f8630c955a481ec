"""What a bank or provider keeps of a payment on its way: how much that may be, and each payment's share of it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from billing.pricing import allocate
from cashoffice.errors import FeeTooLarge, NoFee
from cashoffice.models.clearing import MOST_FEE
from core.money import Money
from core.preferences import preference

FEES = "bank_fees"
ZERO = Decimal(0)


def kept_of(payments: Sequence[Decimal], came: Money) -> list[Decimal]:
    """The fee in each payment when all of them arrive as `came`, in proportion; together the difference to the cent.

    Raises NoFee where they are not larger than what came, FeeTooLarge beyond what the hospital allows.
    """
    whole = sum(payments, ZERO)
    fee = whole - came.amount
    if came.amount <= 0 or fee <= 0:
        raise NoFee()
    shares = allocate(fee, payments, came.currency)
    fits = all(
        share * 100 <= payment * MOST_FEE for share, payment in zip(shares, payments, strict=True) if payment > 0
    )
    if whole > largest(came.amount) or not fits:
        raise FeeTooLarge(percent=_percent())
    return shares


def fee_within(payment: Decimal, came: Money) -> Money | None:
    """The fee if `payment` is what came, as far as a fee may go; None where there can be none."""
    is_one = 0 < came.amount < payment <= largest(came.amount)
    return Money(payment - came.amount, came.currency) if is_one else None


def with_fees(found: Iterable[tuple[Any, int]], came: Money) -> list[tuple[Any, int, Money | None]]:
    """Postings with their likeness, and the fee if one of them alone is what came."""
    return [(one, likeness, fee_within(one.rest, came)) for one, likeness in found]


def largest(came: Decimal) -> Decimal:
    """What a payment may be at most that arrives as `came`."""
    return came * 100 / (100 - _percent()) if came > 0 else came


def _percent() -> int:
    return preference("cashoffice.fee_percent")
