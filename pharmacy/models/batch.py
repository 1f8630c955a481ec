import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.models import UUIDModel
from core.money import CurrencyField, MoneyAmountField
from pharmacy.models.location import Location
from pharmacy.models.medicine import Medicine


class Batch(UUIDModel):
    """One lot of one medicine. It may be used up to and including its expiry date."""

    medicine = models.ForeignKey(Medicine, on_delete=models.PROTECT, related_name="batches")
    lot_number = models.CharField(_("Batch number"), max_length=40)
    expires_on = models.DateField(_("Expiry date"))
    unit_cost = MoneyAmountField(_("Cost of one unit"), null=True, blank=True)
    currency = CurrencyField(_("Currency"))

    class Meta:
        ordering = ["expires_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["medicine", "lot_number", "expires_on"], name="pharmacy_batch_once")
        ]
        indexes = [models.Index(fields=["medicine", "expires_on"], name="pharmacy_batch_fefo")]

    def __str__(self) -> str:
        return self.lot_number

    @property
    def is_expired(self) -> bool:
        return self.expires_on < today()

    @property
    def days_left(self) -> int:
        return (self.expires_on - today()) // dt.timedelta(days=1)


class BatchBalance(UUIDModel):
    """What one location holds of one batch. Moved only by pharmacy.services.stock; the ledger proves it."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="balances")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="balances")
    on_hand = models.IntegerField(_("On hand"), default=0)
    reserved = models.IntegerField(_("Reserved"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "location"], name="pharmacy_balance_once"),
            models.CheckConstraint(name="pharmacy_balance_not_negative", condition=Q(on_hand__gte=0)),
            models.CheckConstraint(
                name="pharmacy_balance_reserved_within", condition=Q(reserved__gte=0, reserved__lte=F("on_hand"))
            ),
        ]
        indexes = [models.Index(fields=["location", "batch"], name="pharmacy_balance_by_place")]

    def __str__(self) -> str:
        return f"{self.batch_id} @ {self.location_id}: {self.on_hand}"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved
