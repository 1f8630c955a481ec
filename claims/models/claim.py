"""A claim: what a payer is asked to pay of one invoice, line by line, and what became of it."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.snapshot import read_snapshot
from claims.states import ANSWERED, CLAIM_FLOW, ClaimStatus
from core.fields import EncryptedJSONField, EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField


class DenialReason(UUIDModel):
    """Why payers refuse: the hospital's own list, by code."""

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=120)

    class Meta:
        verbose_name = _("Reason of a denial")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Claim(UUIDModel):
    """One invoice's payer part, in the invoice's currency. `number` is gapless per branch and year.

    `amount` is asked, `accepted` and `rejected` answered, `paid` received; what was rejected is `transferred` to the
    patient or `written_off`. `returned` of what was paid went back to the payer, for what was credited later.
    `diagnoses` are those of the visit's consultations when the claim was made.
    """

    number = models.CharField(_("Number"), max_length=40, unique=True)
    status = models.CharField(_("Status"), max_length=16, choices=ClaimStatus, default=ClaimStatus.DRAFT)
    payer = models.ForeignKey("insurance.Payer", on_delete=models.PROTECT, related_name="claims")
    coverage = models.ForeignKey("insurance.Coverage", on_delete=models.PROTECT, related_name="claims")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="claims")
    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="claims")
    batch = models.ForeignKey("claims.Batch", on_delete=models.PROTECT, null=True, related_name="claims")
    service_date = models.DateField(_("Date of the visit"))
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))
    accepted = MoneyAmountField(_("Accepted"), default=Decimal(0))
    rejected = MoneyAmountField(_("Rejected"), default=Decimal(0))
    paid = MoneyAmountField(_("Paid"), default=Decimal(0))
    transferred = MoneyAmountField(_("Passed on to the patient"), default=Decimal(0))
    written_off = MoneyAmountField(_("Written off"), default=Decimal(0))
    returned = MoneyAmountField(_("Given back to the payer"), default=Decimal(0))
    diagnoses = EncryptedJSONField(default=list)
    payer_reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")
    submitted_at = models.DateTimeField(_("Submitted"), null=True)
    appeal_until = models.DateField(_("Appeal until"), null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Claim")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["patient", "-id"], name="claims_of_patient"),
            models.Index(fields=["status", "-id"], name="claims_by_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ClaimStatus.values), name="claims_status"),
            models.UniqueConstraint(fields=["invoice"], condition=~Q(status="withdrawn"), name="claims_invoice_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, accepted__gte=0, rejected__gte=0, paid__gte=0, transferred__gte=0)
                & Q(written_off__gte=0, amount__gte=F("accepted") + F("rejected")),
                name="claims_amounts",
            ),
            models.CheckConstraint(condition=Q(paid__lte=F("accepted")), name="claims_paid_of_accepted"),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("paid")), name="claims_returned_of_paid"
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | Q(paid=0, transferred=0, written_off=0),
                name="claims_withdrawn_is_untouched",
            ),
            models.CheckConstraint(
                condition=Q(rejected__gte=F("transferred") + F("written_off")), name="claims_disposed_of_rejected"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["paid", "written_off", "passed_on"])
                | Q(amount=F("paid") + F("transferred") + F("written_off")),
                name="claims_ended_is_settled",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def rejected_money(self) -> Money:
        return Money(self.rejected, self.currency)

    @property
    def paid_money(self) -> Money:
        return Money(self.paid, self.currency)

    @property
    def open_money(self) -> Money:
        """What nobody has paid, taken over or let off yet."""
        return Money(self.amount - self.paid - self.transferred - self.written_off, self.currency)

    @property
    def refused_left(self) -> Decimal:
        """What was rejected and has no disposition that took effect."""
        return self.rejected - self.transferred - self.written_off

    @property
    def is_draft(self) -> bool:
        return self.status == ClaimStatus.DRAFT

    @property
    def can_withdraw(self) -> bool:
        return CLAIM_FLOW.can("withdraw", self.status) and self.is_untouched

    @property
    def is_untouched(self) -> bool:
        """Nothing was paid, passed on or written off of it yet."""
        return not (self.paid or self.transferred or self.written_off)

    @property
    def can_answer(self) -> bool:
        return CLAIM_FLOW.can("accept", self.status)

    @property
    def can_appeal(self) -> bool:
        return CLAIM_FLOW.can("appeal", self.status) and self.refused_left > 0

    @property
    def can_dispose(self) -> bool:
        return self.status in ANSWERED and self.refused_left > 0


class ClaimLine(UUIDModel):
    """One service on a claim (or the kind of case a flat fee is paid for): texts frozen when the claim was made."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    invoice_line = models.ForeignKey("billing.InvoiceLine", on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    service_code = models.CharField(max_length=64)
    text_en = models.CharField(max_length=200)
    text_km = models.CharField(max_length=200, blank=True)
    text_zh_hans = models.CharField(max_length=200, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    currency = CurrencyField()
    amount = MoneyAmountField(_("Amount"))
    rejected = MoneyAmountField(_("Rejected"), default=Decimal(0))
    denial = models.ForeignKey(DenialReason, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Claim line")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "position"], name="claims_line_position"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, rejected__gte=0, rejected__lte=F("amount")), name="claims_line_amounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_code} {self.amount}"

    @property
    def text(self) -> str:
        return read_snapshot(self, "text")

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def rejected_money(self) -> Money:
        return Money(self.rejected, self.currency)


class ClaimMove(UUIDModel, AppendOnly):
    """Who moved a claim from which status to which, and why."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="moves")
    verb = models.CharField(max_length=12)
    from_status = models.CharField(max_length=16, blank=True)
    to_status = models.CharField(max_length=16, choices=ClaimStatus)
    reason = EncryptedTextField(max_length=200, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Step of a claim")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.verb


class ClaimPaper(UUIDModel, AppendOnly):
    """A paper of the patient's record that goes with a claim; the file stays where papers are kept."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="papers")
    document = models.ForeignKey("patients.PatientDocument", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Paper of a claim")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["claim", "document"], name="claims_paper_once")]

    def __str__(self) -> str:
        return f"{self.document_id}"


class Appeal(UUIDModel, AppendOnly):
    """An objection to what was refused, sent before its deadline."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="appeals")
    reason = EncryptedTextField(_("Reason"), max_length=500)
    until = models.DateField(_("Appeal until"))
    amount = MoneyAmountField(_("Rejected"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Appeal")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.until}"
