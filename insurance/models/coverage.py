"""Which patient is covered by which contract, how much of it was used, and what was asked of the payer."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel, VersionedModel
from core.money import Money, MoneyAmountField
from insurance.share import Span
from insurance.states import AUTHORISATION_FLOW, AuthorisationStatus, Eligibility


class Coverage(VersionedModel):
    """A patient's membership with a payer. `year_cap` replaces the contract's where this card has its own."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="coverages")
    contract = models.ForeignKey(
        "insurance.Contract", on_delete=models.PROTECT, related_name="coverages", verbose_name=_("Contract")
    )
    member_number = EncryptedTextField(_("Member number"), max_length=40)
    valid_from = models.DateField(_("Valid from"))
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)
    year_cap = MoneyAmountField(_("Most in a year"), null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Coverage")
        ordering = ["-id"]
        indexes = [models.Index(fields=["patient", "-id"], name="insurance_coverage_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="insurance_coverage_dates"
            ),
            models.CheckConstraint(
                condition=Q(year_cap__isnull=True) | Q(year_cap__gte=0), name="insurance_coverage_cap"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract}"

    @property
    def limit_in_year(self) -> "Money | None":
        amount = self.contract.year_cap if self.year_cap is None else self.year_cap
        return None if amount is None else Money(amount, self.contract.currency)

    def holds_on(self, day: datetime.date) -> bool:
        """Whether a visit of a day may be billed to it: card and contract are valid, contract and payer switched on."""
        return day in self.days and self.contract.holds_on(day)

    @property
    def days(self) -> Span:
        """The days on which both the card and its contract are valid."""
        ends = [one for one in (self.valid_to, self.contract.valid_to) if one]
        return Span(max(self.valid_from, self.contract.valid_from), min(ends, default=None))


class CoverageYear(UUIDModel):
    """What of a coverage's limits was used in a calendar year, in the contract's currency; moves under a row lock.

    The limits stand beside what was used so that the database itself refuses to pass them.
    """

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()
    deductible = MoneyAmountField(default=0)
    deductible_used = MoneyAmountField(default=0)
    cap = MoneyAmountField(null=True)
    used = MoneyAmountField(default=0)

    class Meta:
        verbose_name = _("Use of a coverage")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["coverage", "year"], name="insurance_one_row_a_year"),
            models.CheckConstraint(
                condition=Q(used__gte=0) & (Q(cap__isnull=True) | Q(used__lte=F("cap"))), name="insurance_within_year"
            ),
            models.CheckConstraint(
                condition=Q(deductible_used__gte=0, deductible_used__lte=F("deductible")),
                name="insurance_within_deductible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}"


class VisitCoverage(UUIDModel):
    """The coverage a visit is billed to, with the kind of case where the contract pays by case.

    `cap` is the most the payer pays for this visit (the flat fee of a case), `used` what invoices took of it.
    """

    visit = models.OneToOneField("patients.Visit", on_delete=models.PROTECT, related_name="coverage_row")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="visits")
    case_rate = models.ForeignKey(
        "insurance.CaseRate", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Kind of case")
    )
    cap = MoneyAmountField(null=True)
    used = MoneyAmountField(default=0)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Coverage of a visit")
        constraints = [
            models.CheckConstraint(
                condition=Q(used__gte=0) & (Q(cap__isnull=True) | Q(used__lte=F("cap"))), name="insurance_within_visit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}"


class LimitMove(UUIDModel, AppendOnly):
    """What one invoice took of the limits, or a void or credit note gave back (negative); once for each paper."""

    visit_coverage = models.ForeignKey(VisitCoverage, on_delete=models.PROTECT, related_name="moves")
    year = models.ForeignKey(CoverageYear, on_delete=models.PROTECT, related_name="moves")
    source_kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    invoice_id = models.UUIDField()
    used = MoneyAmountField()
    deductible = MoneyAmountField()

    class Meta:
        verbose_name = _("Move of a limit")
        ordering = ["id"]
        indexes = [models.Index(fields=["invoice_id"], name="insurance_moves_of_invoice")]
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id"], name="insurance_limit_moved_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_kind} {self.used}"


class EligibilityCheck(UUIDModel, AppendOnly):
    """What the payer said when somebody asked whether the card is good today."""

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="checks")
    outcome = models.CharField(_("Answer"), max_length=12, choices=Eligibility)
    way = models.CharField(max_length=20, default="manual")
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")
    note = EncryptedTextField(_("Note"), max_length=200, blank=True, default="")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Eligibility check")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Eligibility.values), name="insurance_check_outcome"),
        ]

    def __str__(self) -> str:
        return self.outcome


class Authorisation(UUIDModel):
    """A payer's leave for a service before it is done: asked for, then granted (with its number) or refused.

    `scope` is a service code, `category:<category>`, or `*` for everything.
    """

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="authorisations")
    scope = models.CharField(_("For"), max_length=80)
    status = models.CharField(
        _("Status"), max_length=10, choices=AuthorisationStatus, default=AuthorisationStatus.REQUESTED
    )
    number = EncryptedTextField(_("Number"), max_length=64, blank=True, default="")
    valid_from = models.DateField(_("Valid from"), null=True)
    valid_to = models.DateField(_("Valid to"), null=True)
    note = EncryptedTextField(_("Note"), max_length=200, blank=True, default="")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Prior authorisation")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=AuthorisationStatus.values), name="insurance_authorisation_status"
            ),
            models.CheckConstraint(
                condition=~Q(status="granted")
                | Q(valid_from__isnull=False, valid_to__isnull=False, valid_to__gte=F("valid_from")) & ~Q(number=""),
                name="insurance_granted_with_number",
            ),
        ]

    def __str__(self) -> str:
        return self.scope

    @property
    def can_decide(self) -> bool:
        return AUTHORISATION_FLOW.can("grant", self.status)
