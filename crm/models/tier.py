from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import VersionedModel


class Tier(VersionedModel):
    """A step of the membership: from so many points on, invoices of the family are so much cheaper."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    threshold = models.DecimalField(_("points needed"), max_digits=12, decimal_places=2, unique=True)
    rate = models.DecimalField(
        _("discount"), max_digits=5, decimal_places=4, help_text=_("Share of the invoice: 0.05 is 5 %")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["threshold"]
        constraints = [
            models.CheckConstraint(name="tier_threshold_not_negative", condition=models.Q(threshold__gte=0)),
            models.CheckConstraint(name="tier_rate_is_a_share", condition=models.Q(rate__gte=0, rate__lte=1)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> Decimal:
        return (self.rate * 100).quantize(Decimal("0.01")).normalize()
