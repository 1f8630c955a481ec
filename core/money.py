"""Money: exact decimals in two currencies. Never a float.

US dollars carry two decimals, riel none (ISO 4217 gives the riel two, but no coin or note below 50 riel circulates).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import total_ordering
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from core.errors import CurrencyMismatch


class Currency(models.TextChoices):
    USD = "USD", _("US dollar")
    KHR = "KHR", _("Riel")


USD = Currency.USD
KHR = Currency.KHR
STEPS = {USD: Decimal("0.01"), KHR: Decimal(1)}


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's smallest unit (0.01 dollar, 1 riel)."""
    return _exact(amount).quantize(STEPS[Currency(currency)], rounding=ROUND_HALF_UP)


def fits(amount: Decimal, currency: str) -> bool:
    """Tell whether the amount needs no rounding in this currency."""
    return quantize(amount, currency) == amount


def _exact(amount: Decimal | int | str) -> Decimal:
    if isinstance(amount, bool | float) or not isinstance(amount, Decimal | int | str):
        raise TypeError(f"Money is counted in Decimal, not {type(amount).__name__}")
    exact = Decimal(amount)
    if not exact.is_finite():
        raise ValueError("An amount of money is a finite number")
    return exact


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Raises ValueError for fractions the currency does not have: see ``Money.rounded``."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        currency = Currency(self.currency)
        amount = quantize(self.amount, currency)
        if amount != _exact(self.amount):
            raise ValueError(f"{self.amount} has more decimals than {currency.value} allows")
        object.__setattr__(self, "amount", amount)
        object.__setattr__(self, "currency", currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> "Money":
        """Round half up to the currency's smallest unit first."""
        return cls(quantize(amount, currency), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(Decimal(0), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __radd__(self, other: int) -> "Money":
        # sum() starts from the integer 0
        return self if other == 0 and isinstance(other, int) else NotImplemented

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        """Multiply by a quantity or a rate; the product is rounded half up."""
        if isinstance(factor, Money):
            return NotImplemented
        return Money.rounded(self.amount * _exact(factor), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount), self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __str__(self) -> str:
        return format_money(self)

    def _same(self, other: "Money") -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"Money meets {type(other).__name__}: give it a currency first")
        if other.currency != self.currency:
            raise CurrencyMismatch()
        return other.amount


def convert(money: Money, currency: str, rate: Decimal) -> Money:
    """Return the money in another currency; ``rate`` is riel for one dollar. Rounded half up."""
    rate = _exact(rate)
    if rate <= 0:
        raise ValueError("A rate is a positive number of riel for one dollar")
    if money.currency == currency:
        return money
    amount = money.amount * rate if currency == KHR else money.amount / rate
    return Money.rounded(amount, currency)


def round_cash(amount_khr: Decimal, step: int = 100) -> Decimal:
    """Round riel half up to what can be paid in notes: the smallest in use is 100 riel."""
    step_khr = Decimal(step)
    return (_exact(amount_khr) / step_khr).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step_khr


def format_money(money: Money) -> str:
    """Return ``USD 12.50`` or ``KHR 50,000``: the same in every language, so that no figure is ever misread."""
    return f"{Currency(money.currency).value} {money.amount:,f}"


class CurrencyField(models.CharField):
    """One of the two currencies, by its ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("choices", Currency.choices)
        if not args:
            kwargs.setdefault("verbose_name", _("Currency"))
        super().__init__(*args, **kwargs)


class MoneyAmountField(models.DecimalField):
    """An amount whose currency stands in another field of the same row (``currency`` unless named)."""

    def __init__(self, *args: Any, currency_field: str = "currency", **kwargs: Any) -> None:
        self.currency_field = currency_field
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.currency_field != "currency":
            kwargs["currency_field"] = self.currency_field
        return name, path, args, kwargs

    def clean(self, value: Any, model_instance: models.Model | None) -> Decimal:
        """Refuse fractions that the row's currency does not have."""
        amount = super().clean(value, model_instance)
        currency = getattr(model_instance, self.currency_field, None)
        if amount is not None and currency in Currency.values and not fits(amount, currency):
            raise ValidationError(_("Riel are whole numbers."), code="fraction_of_riel")
        return amount


def whole_riel(amount: str, *, name: str, currency: str = "currency") -> models.CheckConstraint:
    """Return the database constraint that riel in the column ``amount`` have no fractions."""
    whole = models.Q(**{amount: Round(amount)})
    return models.CheckConstraint(condition=~models.Q(**{currency: KHR}) | whole, name=name)
