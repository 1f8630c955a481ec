from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel


class FamilyMembership(UUIDModel):
    """A family's saving card and the sums of its points; opened with the first points or by hand.

    ``balance`` is what may be spent, ``earned`` decides the tier. Both move only in crm.services.points, in the same
    transaction and under the same row lock as the entry that explains them.
    """

    family = models.OneToOneField("patients.Family", on_delete=models.PROTECT, related_name="membership")
    card_number = models.CharField(_("card number"), max_length=20, unique=True)
    balance = models.DecimalField(_("points"), max_digits=14, decimal_places=2, default=Decimal(0))
    earned = models.DecimalField(_("points earned"), max_digits=14, decimal_places=2, default=Decimal(0))

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="points_never_below_zero", condition=models.Q(balance__gte=0)),
            models.CheckConstraint(name="earned_never_below_zero", condition=models.Q(earned__gte=0)),
        ]

    def __str__(self) -> str:
        return self.card_number
