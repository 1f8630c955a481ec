"""Papers that were printed: the first is the original, every later one a copy that says so."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel


class Printing(UUIDModel):
    """One printing of a paper; `copy` counts from 1, which is the original."""

    class Paper(models.TextChoices):
        A4 = "a4", _("A4 sheet")
        A5 = "a5", _("A5 sheet")
        ROLL = "80mm", _("80 mm roll")

    copy = models.PositiveIntegerField()
    paper = models.CharField(_("Paper"), max_length=4, choices=Paper)
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ["copy"]

    @property
    def is_copy(self) -> bool:
        return self.copy > 1


class ReceiptPrint(Printing):
    payment = models.ForeignKey("billing.Payment", on_delete=models.PROTECT, related_name="prints")

    class Meta(Printing.Meta):
        constraints = [models.UniqueConstraint(fields=["payment", "copy"], name="billing_print_numbered")]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.copy}"


class InvoicePrint(Printing):
    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="prints")

    class Meta(Printing.Meta):
        verbose_name = _("Printed invoice")
        constraints = [models.UniqueConstraint(fields=["invoice", "copy"], name="billing_invoice_print_numbered")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.copy}"
