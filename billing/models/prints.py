"""Papers that were printed: the first is the original, every later one a copy that says so."""

from functools import reduce
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.models import UUIDModel


def numbered(name: str, *fields: str) -> list[models.BaseConstraint]:
    """No two printings of a paper have the same number."""
    return [models.UniqueConstraint(fields=[*fields, "copy"], name=name)]


class Printing(UUIDModel):
    """One printing of a paper; `copy` counts from 1, which is the original.

    `of` names the field that leads to what is printed, `whose` the way from there on to the patient.
    """

    class Paper(models.TextChoices):
        A4 = "a4", _("A4 sheet")
        A5 = "a5", _("A5 sheet")
        ROLL = "80mm", _("80 mm roll")

    of: ClassVar[str]
    whose: ClassVar[str]

    copy = models.PositiveIntegerField()
    paper = models.CharField(_("Paper"), max_length=4, choices=Paper)
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ["copy"]

    def __str__(self) -> str:
        return f"{getattr(self, f'{self.of}_id')} {self.copy}"

    @property
    def is_copy(self) -> bool:
        return self.copy > 1

    @property
    def document(self) -> Any:
        return getattr(self, self.of)

    @property
    def of_whom(self) -> Any:
        return reduce(getattr, self.whose.split("__"), self)

    @property
    def filename(self) -> str:
        """Numbers only, never a name."""
        return f"{self.document}-{self.copy}.pdf"


class ReceiptPrint(Printing):
    of, whose = "payment", "payment__invoice__patient"

    payment = models.ForeignKey("billing.Payment", on_delete=models.PROTECT, related_name="prints")

    class Meta(Printing.Meta):
        constraints = numbered("billing_print_numbered", "payment")


class InvoicePrint(Printing):
    of, whose = "invoice", "invoice__patient"

    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="prints")

    class Meta(Printing.Meta):
        verbose_name = _("Printed invoice")
        constraints = numbered("billing_invoice_print_numbered", "invoice")


class DepositPrint(Printing):
    of, whose = "deposit", "deposit__patient"

    deposit = models.ForeignKey("billing.Deposit", on_delete=models.PROTECT, related_name="prints")

    class Meta(Printing.Meta):
        verbose_name = _("Printed receipt of a deposit")
        constraints = numbered("billing_deposit_print_numbered", "deposit")


class DepositRefundPrint(Printing):
    of, whose = "deposit_refund", "deposit_refund__patient"

    deposit_refund = models.ForeignKey(
        "billing.DepositRefund", on_delete=models.PROTECT, related_name="prints", verbose_name=_("Refund of a deposit")
    )

    class Meta(Printing.Meta):
        verbose_name = _("Printed refund of a deposit")
        constraints = numbered("billing_deposit_refund_print_numbered", "deposit_refund")


class CreditPrint(Printing):
    of, whose = "credit_note", "credit_note__invoice__patient"

    credit_note = models.ForeignKey("billing.CreditNote", on_delete=models.PROTECT, related_name="prints")

    class Meta(Printing.Meta):
        verbose_name = _("Printed credit note")
        constraints = numbered("billing_credit_print_numbered", "credit_note")


class RefundPrint(Printing):
    of, whose = "refund", "refund__credit_note__invoice__patient"

    refund = models.ForeignKey("billing.Refund", on_delete=models.PROTECT, related_name="prints")

    class Meta(Printing.Meta):
        verbose_name = _("Printed receipt of a refund")
        constraints = numbered("billing_refund_print_numbered", "refund")


class StatementPrint(Printing):
    """An account as it stood when it was printed; those of a day are copies of the day's first.

    `family` is the account of the family's members, as far as the reader sees them.
    """

    of, whose = "patient", "patient"

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="statement_prints")
    family = models.BooleanField(_("The whole family"), default=False)
    on = models.DateField(_("Date"), default=today)

    class Meta(Printing.Meta):
        verbose_name = _("Printed statement of account")
        constraints = [
            *numbered("billing_statement_print_numbered", "patient", "family", "on"),
            models.CheckConstraint(condition=models.Q(paper__in=["a4", "a5"]), name="billing_statement_on_a_sheet"),
        ]

    @property
    def filename(self) -> str:
        return f"statement-{self.patient.mrn}-{self.on:%Y%m%d}-{self.copy}.pdf"
