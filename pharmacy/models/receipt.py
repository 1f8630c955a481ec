from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnly, UUIDModel
from pharmacy.models.batch import Batch
from pharmacy.models.location import Location


class GoodsReceipt(AppendOnly, UUIDModel):
    """A delivery counted into a store."""

    number = models.PositiveBigIntegerField(_("Number"), unique=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="receipts")
    supplier = models.CharField(_("Supplier"), max_length=160)
    reference = models.CharField(_("Delivery note"), max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"GR-{self.number:06d}"


class GoodsReceiptLine(AppendOnly, UUIDModel):
    """So many units of one batch in a delivery; the source of its stock line."""

    receipt = models.ForeignKey(GoodsReceipt, on_delete=models.PROTECT, related_name="lines")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("Quantity"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="pharmacy_receipt_quantity_positive", condition=Q(quantity__gte=1)),
            models.UniqueConstraint(fields=["receipt", "batch"], name="pharmacy_receipt_batch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.batch_id}"
