"""What somebody else than the patient owes of an issued invoice, and what became of it."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField


class PayerShare(UUIDModel):
    """The payer's side of an invoice, in its currency: `due` at issue, and how much of that is gone by which way.

    Amounts only grow, under the invoice's row lock, and never pass `due`. While it stands on a claim (`claimed`) the
    invoice is not voided, and credited only once the claim has ended. Such a credit takes back what was
    gone by its way: `owed_back` of what the payer paid (`returned` of that was given back), `passed_back` of what the
    patient took over, `written_back` of what was written off.
    """

    invoice = models.OneToOneField("billing.Invoice", on_delete=models.PROTECT, related_name="payer_share")
    coverage = models.ForeignKey("insurance.Coverage", on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("insurance.Payer", on_delete=models.PROTECT, related_name="shares")
    currency = CurrencyField(_("Currency"))
    due = MoneyAmountField(_("Due from the payer"))
    credited = MoneyAmountField(_("Credited"), default=Decimal(0))
    paid = MoneyAmountField(_("Paid"), default=Decimal(0))
    transferred = MoneyAmountField(_("Passed on to the patient"), default=Decimal(0))
    written_off = MoneyAmountField(_("Written off"), default=Decimal(0))
    owed_back = MoneyAmountField(_("Owed back to the payer"), default=Decimal(0))
    returned = MoneyAmountField(_("Given back to the payer"), default=Decimal(0))
    passed_back = MoneyAmountField(_("Taken off the patient again"), default=Decimal(0))
    written_back = MoneyAmountField(_("Write-off undone"), default=Decimal(0))
    claimed = models.BooleanField(_("On a claim"), default=False)
    issued_on = models.DateField(_("Issued"))

    class Meta:
        verbose_name = _("Share of a payer")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["payer", "id"], condition=Q(claimed=False), name="billing_share_to_claim"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due__gte=0, credited__gte=0, paid__gte=0, transferred__gte=0, written_off__gte=0),
                name="billing_share_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    due__gte=F("credited")
                    + F("paid")
                    + F("transferred")
                    + F("written_off")
                    - F("owed_back")
                    - F("passed_back")
                    - F("written_back")
                ),
                name="billing_share_never_beyond_due",
            ),
            models.CheckConstraint(
                condition=Q(
                    returned__gte=0,
                    owed_back__gte=F("returned"),
                    paid__gte=F("owed_back"),
                    passed_back__gte=0,
                    transferred__gte=F("passed_back"),
                    written_back__gte=0,
                    written_off__gte=F("written_back"),
                ),
                name="billing_share_back_of_what_was_gone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due} {self.currency}"

    @property
    def open_amount(self) -> Decimal:
        """What the payer still owes."""
        back = self.owed_back + self.passed_back + self.written_back
        return self.due - self.credited - self.paid - self.transferred - self.written_off + back

    @property
    def is_settled(self) -> bool:
        """It stood on a claim, and the claim has ended."""
        return self.claimed and self.open_amount == 0

    @property
    def left_to_return(self) -> Money:
        """What the payer is owed back and was not given yet."""
        return Money(self.owed_back - self.returned, self.currency)

    @property
    def open_money(self) -> Money:
        return Money(self.open_amount, self.currency)

    @property
    def due_money(self) -> Money:
        return Money(self.due, self.currency)
