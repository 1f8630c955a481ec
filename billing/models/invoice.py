"""Invoices. Once issued, texts, prices, rate and totals are frozen by a trigger."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.snapshot import read_snapshot
from billing.states import INVOICE_FLOW, OWING, InvoiceStatus
from core.fields import EncryptedTextField
from core.models import VersionedModel
from core.money import CurrencyField, Money, MoneyAmountField


class DiscountSource(models.TextChoices):
    """Where the one discount of an invoice comes from."""

    NONE = "none", _("No discount")
    TIER = "tier", _("Membership tier")
    PROMOTION = "promotion", _("Promotion")
    OVERRIDE = "override", _("Granted by management")


class Invoice(VersionedModel):
    """What a patient owes for a visit, in one currency. `number` is gapless per branch and year, given at issue.

    A draft is recomputed whenever it changes; `rate` (riel per dollar) is today's until issue and the frozen one after.
    `discount_rate` is a share of the subtotal (0.05 is 5 %), or of what a promotion is for. `discount` is all that the
    patient is let off; `exempted` of it is paid by `fund`, the share `exempt_rate` of what discounts and payers leave.
    `paid` grows under a row lock and never passes `total`; `credited` is what its approved credit notes took off the
    patient, `refunded` what of them was paid out. `covered` is what somebody else pays (`coverage`),
    `scheme_difference` what of that a flat fee leaves to nobody, `transferred` what came back to the patient because
    the payer refused it.
    `buyer` and `buyer_tax_number` stand on a tax invoice for a company; empty, it is for the patient.
    `written_off` is what nobody is asked for any more: the sum of its approved write-offs.
    """

    visit = models.ForeignKey("patients.Visit", on_delete=models.PROTECT, related_name="invoices")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="invoices")
    family = models.ForeignKey("patients.Family", on_delete=models.PROTECT, related_name="invoices")
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    payer = models.CharField(_("Payer"), max_length=12, default="self")
    status = models.CharField(_("Status"), max_length=12, choices=InvoiceStatus, default=InvoiceStatus.DRAFT)
    number = models.CharField(_("Number"), max_length=40, null=True, blank=True, unique=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    sequence = models.PositiveIntegerField(null=True, blank=True)
    currency = CurrencyField(_("Currency"))
    rate = models.DecimalField(_("Riel per dollar"), max_digits=10, decimal_places=2)
    discount_rate = models.DecimalField(_("Discount"), max_digits=5, decimal_places=4, default=Decimal(0))
    discount_source = models.CharField(max_length=12, choices=DiscountSource, default=DiscountSource.NONE)
    discount_label_en = models.CharField(max_length=120, blank=True, default="")
    discount_label_km = models.CharField(max_length=120, blank=True, default="")
    discount_label_zh_hans = models.CharField(max_length=120, blank=True, default="")
    discount_reason = EncryptedTextField(_("Reason of the discount"), max_length=200, blank=True, default="")
    discount_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discount_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    promotion_code = models.CharField(_("Code of a promotion"), max_length=32, blank=True, default="")
    promotion = models.ForeignKey(
        "billing.Promotion", on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    fund = models.ForeignKey("billing.Fund", on_delete=models.PROTECT, null=True, blank=True, related_name="invoices")
    exempt_rate = models.DecimalField(_("Share exempted"), max_digits=5, decimal_places=4, default=Decimal(0))
    exempted = MoneyAmountField(_("Exempted"), default=Decimal(0))
    subtotal = MoneyAmountField(_("Subtotal"), default=Decimal(0))
    discount = MoneyAmountField(_("Discount"), default=Decimal(0))
    total = MoneyAmountField(_("Total"), default=Decimal(0))
    paid = MoneyAmountField(_("Paid"), default=Decimal(0))
    credited = MoneyAmountField(_("Credited"), default=Decimal(0))
    refunded = MoneyAmountField(_("Refunded"), default=Decimal(0))
    coverage = models.ForeignKey(
        "insurance.Coverage", on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    covered = MoneyAmountField(_("Paid by others"), default=Decimal(0))
    scheme_difference = MoneyAmountField(_("Difference to the case fee"), default=Decimal(0))
    transferred = MoneyAmountField(_("Refused by the payer"), default=Decimal(0))
    written_off = MoneyAmountField(_("Written off"), default=Decimal(0))
    buyer = EncryptedTextField(_("Invoice for"), max_length=150, blank=True, default="")
    buyer_tax_number = EncryptedTextField(_("Tax number"), max_length=40, blank=True, default="")
    issued_at = models.DateTimeField(_("Issued"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    paid_at = models.DateTimeField(_("Paid in full"), null=True, blank=True)
    void_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("Invoice")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["visit"], condition=Q(status__in=["issued", "partly_paid"]), name="billing_invoice_owing"
            ),
            models.Index(fields=["issued_at"], name="billing_invoice_issued_at"),
            models.Index(fields=["sequence"], name="billing_invoice_by_sequence"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "payer"], condition=Q(status=InvoiceStatus.DRAFT), name="billing_one_draft_per_visit"
            ),
            models.UniqueConstraint(fields=["branch", "year", "sequence"], name="billing_invoice_sequence"),
            models.CheckConstraint(condition=Q(status__in=InvoiceStatus.values), name="billing_invoice_status"),
            models.CheckConstraint(
                condition=Q(status="draft", number__isnull=True, issued_at__isnull=True)
                | (~Q(status="draft") & Q(number__isnull=False, issued_at__isnull=False)),
                name="billing_invoice_number_at_issue",
            ),
            models.CheckConstraint(
                condition=Q(discount_rate__gte=0) & Q(discount_rate__lte=1), name="billing_invoice_discount_rate"
            ),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") - F("discount") - F("covered"))
                & Q(discount__gte=0, total__gte=0, covered__gte=0),
                name="billing_invoice_sums",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0) & Q(paid__lte=F("total") + F("transferred")), name="billing_never_overpaid"
            ),
            models.CheckConstraint(
                condition=Q(exempted=0, exempt_rate=0, fund__isnull=True)
                | Q(
                    exempted__gte=0,
                    exempted__lte=F("discount"),
                    exempt_rate__gt=0,
                    exempt_rate__lte=1,
                    fund__isnull=False,
                ),
                name="billing_invoice_exemption",
            ),
            models.CheckConstraint(
                condition=Q(discount_approved_by__isnull=True) | ~Q(discount_approved_by=F("discount_by")),
                name="billing_discount_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(discount_source="promotion", promotion__isnull=False)
                | (~Q(discount_source="promotion") & Q(promotion__isnull=True)),
                name="billing_invoice_promotion",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="billing_invoice_rate"),
            models.CheckConstraint(
                condition=~Q(status="paid")
                | Q(paid__gte=F("total") + F("transferred") - F("credited") - F("written_off"), paid_at__isnull=False),
                name="billing_paid_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(written_off=0)
                | Q(
                    written_off__gt=0,
                    written_off__lte=F("total") + F("transferred") - F("credited") - F("paid") + F("refunded"),
                ),
                name="billing_never_written_off_beyond",
            ),
            models.CheckConstraint(
                condition=~Q(status="written_off")
                | Q(
                    written_off__gt=0,
                    written_off=F("total") + F("transferred") - F("credited") - F("paid") + F("refunded"),
                ),
                name="billing_written_off_owes_nothing",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["draft", "void"]) | Q(written_off=0), name="billing_written_off_was_owed"
            ),
            models.CheckConstraint(
                condition=Q(credited__gte=0) & Q(credited__lte=F("total") + F("transferred")),
                name="billing_never_overcredited",
            ),
            models.CheckConstraint(
                condition=Q(refunded=0) | Q(refunded__gt=0, refunded__lte=F("paid") + F("credited") - F("total")),
                name="billing_never_overrefunded",
            ),
            models.CheckConstraint(
                condition=Q(transferred__gte=0) & Q(transferred__lte=F("covered")), name="billing_passed_on_of_covered"
            ),
            models.CheckConstraint(condition=Q(covered=0) | Q(coverage__isnull=False), name="billing_covered_by_whom"),
            models.CheckConstraint(
                condition=~Q(status="void") | (Q(paid=0) & ~Q(void_reason="")), name="billing_void_is_unpaid"
            ),
            models.CheckConstraint(
                condition=~Q(discount_source="override") | (Q(discount_by__isnull=False) & ~Q(discount_reason="")),
                name="billing_override_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft"))

    @property
    def balance(self) -> Decimal:
        """What is still owed; below zero while a refund waits to be paid out."""
        return self.total + self.transferred - self.credited - self.paid + self.refunded - self.written_off

    @property
    def due_money(self) -> Money:
        return Money(self.balance, self.currency)

    @property
    def subtotal_money(self) -> Money:
        return Money(self.subtotal, self.currency)

    @property
    def discount_money(self) -> Money:
        return Money(self.discount, self.currency)

    @property
    def exempted_money(self) -> Money:
        return Money(self.exempted, self.currency)

    @property
    def own_discount_money(self) -> Money:
        """The discount without what a fund pays."""
        return Money(self.discount - self.exempted, self.currency)

    @property
    def exempt_percent(self) -> Decimal:
        return (self.exempt_rate * 100).quantize(Decimal("0.01"))

    @property
    def total_money(self) -> Money:
        return Money(self.total, self.currency)

    @property
    def paid_money(self) -> Money:
        return Money(self.paid, self.currency)

    @property
    def credited_money(self) -> Money:
        return Money(self.credited, self.currency)

    @property
    def refunded_money(self) -> Money:
        return Money(self.refunded, self.currency)

    @property
    def covered_money(self) -> Money:
        return Money(self.covered, self.currency)

    @property
    def transferred_money(self) -> Money:
        return Money(self.transferred, self.currency)

    @property
    def written_off_money(self) -> Money:
        return Money(self.written_off, self.currency)

    @property
    def can_credit(self) -> bool:
        """An unpaid invoice is voided instead (but for one whose claim has ended), a write-off taken back first."""
        if self.written_off:
            return False
        if self.status == InvoiceStatus.ISSUED:
            share = getattr(self, "payer_share", None) if self.covered else None
            return share is not None and share.is_settled
        in_time = self.status in (InvoiceStatus.PARTLY_PAID, InvoiceStatus.PAID)
        return in_time and (self.credited < self.total or self.covered > 0)

    @property
    def discount_label(self) -> str:
        return read_snapshot(self, "discount_label")

    @property
    def discount_percent(self) -> Decimal:
        return (self.discount_rate * 100).quantize(Decimal("0.01"))

    @property
    def is_draft(self) -> bool:
        return self.status == InvoiceStatus.DRAFT

    @property
    def is_owing(self) -> bool:
        return self.status in OWING

    @property
    def is_paid(self) -> bool:
        return self.status == InvoiceStatus.PAID

    @property
    def can_issue(self) -> bool:
        return INVOICE_FLOW.can("issue", self.status) and self.total >= 0

    @property
    def can_void(self) -> bool:
        """Nobody paid on it: as yet, or because it asks nothing of the patient."""
        asks_nothing = not self.total + self.transferred
        return INVOICE_FLOW.can("void", self.status) and not self.paid and (asks_nothing or not self.is_paid)
