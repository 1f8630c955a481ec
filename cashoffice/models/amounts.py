"""Notes of both currencies that move together: whole dollars, and riel in steps of 100."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Mod
from django.utils.translation import gettext_lazy as _

from core.money import KHR, USD, Money

SMALLEST_RIEL = 100


class CashAmounts(models.Model):
    """Cash in dollars and in riel; either may be zero, not both."""

    usd = models.DecimalField(_("Dollars"), max_digits=12, decimal_places=0, default=Decimal(0))
    khr = models.DecimalField(_("Riel"), max_digits=14, decimal_places=0, default=Decimal(0))

    class Meta:
        abstract = True

    @property
    def amounts(self) -> dict[str, Decimal]:
        """Each currency with its amount, those of nothing left out."""
        return {currency: amount for currency, amount in ((USD.value, self.usd), (KHR.value, self.khr)) if amount}

    @property
    def moneys(self) -> list[Money]:
        return [Money(amount, currency) for currency, amount in self.amounts.items()]


def of_notes(name: str) -> models.CheckConstraint:
    """The constraint that the amounts can be handed over in notes and are something."""
    some = Q(usd__gte=0, khr__gte=0) & (Q(usd__gt=0) | Q(khr__gt=0))
    return models.CheckConstraint(condition=some & Q(khr=F("khr") - Mod(F("khr"), SMALLEST_RIEL)), name=name)
