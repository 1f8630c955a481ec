"""What receipts were that came without saying so: paid for something the ledger knows, or sent back."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel
from core.money import Money, MoneyAmountField

MOST_FEE = 20  # percent of a payment, whatever a hospital allows


class Clearing(UUIDModel):
    """A receipt of unknown origin (`receipt`, its posting on that account) is `against`, wholly, and maybe others.

    `against` is a posting on the statement's account, and `entry` takes the money out of there again, where it stood
    twice. Or it is the later line with which the bank sent the money back: then nothing is posted. `amount` is what of
    the receipt is explained, its sign opposite to the receipt's; `fee` is what bank or provider kept on the way: both
    together are against's own amount. Undone it stays, with who and why.
    """

    receipt = models.ForeignKey("billing.Posting", on_delete=models.PROTECT, related_name="clearings")
    against = models.ForeignKey(
        "billing.Posting",
        on_delete=models.PROTECT,
        related_name="cleared_receipts",
        verbose_name=_("Explained by the posting"),
    )
    amount = MoneyAmountField(_("Amount"))
    fee = MoneyAmountField(_("Fee of the bank or provider"), default=Decimal(0))
    entry = models.OneToOneField("billing.Entry", on_delete=models.PROTECT, null=True, related_name="clearing")
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Explained by")
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("Undone"), null=True, blank=True)
    undo_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("Explanation of a receipt")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["against"], condition=Q(undone_at__isnull=True), name="cashoffice_cleared_against_once"
            ),
            models.CheckConstraint(
                condition=~Q(receipt=F("against")) & ~Q(amount=0), name="cashoffice_clearing_against_another"
            ),
            models.CheckConstraint(
                condition=Q(fee=0) | Q(fee__gt=0, entry__isnull=False, amount__gte=F("fee") * (100 // MOST_FEE - 1)),
                name="cashoffice_clearing_fee",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason="")),
                name="cashoffice_clearing_undone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.against_id}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.against.currency)

    @property
    def fee_money(self) -> Money:
        return Money(self.fee, self.against.currency)
