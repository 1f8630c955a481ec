from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnly, UUIDModel
from pharmacy.models.batch import Batch
from pharmacy.models.location import Location
from pharmacy.states import MovementKind


class StockMovement(AppendOnly, UUIDModel):
    """One line of the stock ledger: whole units in (positive) or out (negative). A mistake is adjusted by another."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="movements")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(_("Kind"), max_length=16, choices=MovementKind)
    quantity = models.IntegerField(_("Quantity"))
    balance_after = models.IntegerField(_("Balance"))
    source_kind = models.CharField(max_length=40)
    source_id = models.UUIDField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(name="pharmacy_movement_kind", condition=Q(kind__in=MovementKind.values)),
            models.CheckConstraint(name="pharmacy_movement_not_zero", condition=~Q(quantity=0)),
            models.CheckConstraint(name="pharmacy_movement_balance_not_negative", condition=Q(balance_after__gte=0)),
            models.CheckConstraint(
                name="pharmacy_movement_direction",
                condition=Q(kind="adjustment")
                | Q(kind__in=["receipt", "return"], quantity__gt=0)
                | Q(kind="dispense", quantity__lt=0),
            ),
            # The same event never moves the same batch twice, whoever sends it again.
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "batch", "location"], name="pharmacy_movement_once_per_source"
            ),
        ]
        indexes = [models.Index(fields=["batch", "location", "-created_at"], name="pharmacy_movement_ledger")]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"

    @property
    def signed_quantity(self) -> str:
        """With its sign, as a ledger shows it."""
        return f"{self.quantity:+d}"
