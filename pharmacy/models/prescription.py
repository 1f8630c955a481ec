from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedJSONField, EncryptedTextField
from core.models import UUIDModel, VersionedModel
from pharmacy.models.medicine import Medicine
from pharmacy.states import (
    DISPENSABLE_ITEMS,
    DISPENSABLE_PRESCRIPTIONS,
    OPEN_PRESCRIPTIONS,
    ItemStatus,
    PrescriptionStatus,
)
from pharmacy.vocabulary import FREQUENCIES, FREQUENCY_CHOICES, DoseUnit, Route


class Prescription(VersionedModel):
    """What one doctor ordered in one encounter, signed as a whole; the pharmacy works on it afterwards."""

    encounter = models.ForeignKey("clinical.Encounter", on_delete=models.PROTECT, related_name="prescriptions")
    visit = models.ForeignKey("patients.Visit", on_delete=models.PROTECT, related_name="prescriptions")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="prescriptions")
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField(_("Number"), null=True, unique=True)
    prescriber = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("Status"), max_length=24, choices=PrescriptionStatus, default=PrescriptionStatus.DRAFT)
    signed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-signed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="pharmacy_prescription_status", condition=Q(status__in=PrescriptionStatus.values)
            ),
            models.CheckConstraint(
                name="pharmacy_prescription_signed",
                condition=Q(status="draft") | Q(signed_at__isnull=False, number__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["encounter"], condition=Q(status="draft"), name="pharmacy_one_draft_per_encounter"
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "status", "signed_at"], name="pharmacy_worklist"),
            models.Index(fields=["patient", "status"], name="pharmacy_by_patient"),
            models.Index(fields=["prescriber", "-signed_at"], name="pharmacy_by_prescriber"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"RX-{self.number:06d}" if self.number else "RX"

    @property
    def is_draft(self) -> bool:
        return self.status == PrescriptionStatus.DRAFT

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_PRESCRIPTIONS

    @property
    def can_review(self) -> bool:
        return self.status == PrescriptionStatus.SIGNED

    @property
    def can_query(self) -> bool:
        return self.status in (PrescriptionStatus.SIGNED, *DISPENSABLE_PRESCRIPTIONS)

    @property
    def is_queried(self) -> bool:
        return self.status == PrescriptionStatus.QUERIED

    @property
    def can_dispense(self) -> bool:
        return self.status in DISPENSABLE_PRESCRIPTIONS


class PrescriptionItem(UUIDModel):
    """One medicine with its dose, how often, how long, and how many whole units to hand over."""

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="items")
    medicine = models.ForeignKey(Medicine, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    status = models.CharField(_("Status"), max_length=24, choices=ItemStatus, default=ItemStatus.DRAFT)
    dose = models.DecimalField(
        _("Dose"), max_digits=12, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))]
    )
    dose_unit = models.CharField(_("Dose unit"), max_length=24, choices=DoseUnit)
    frequency = models.CharField(_("Frequency"), max_length=8, choices=FREQUENCY_CHOICES)
    as_needed = models.BooleanField(_("Only when needed"), default=False)
    route = models.CharField(_("Route"), max_length=16, choices=Route)
    duration_days = models.PositiveSmallIntegerField(
        _("Duration in days"), validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    quantity = models.PositiveIntegerField(_("Quantity"), validators=[MinValueValidator(1), MaxValueValidator(10_000)])
    dispensed = models.PositiveIntegerField(_("Dispensed"), default=0)
    returned = models.PositiveIntegerField(_("Returned"), default=0)
    instructions = EncryptedTextField(_("Instructions"), blank=True, default="")
    # Reasons written while the prescription is a draft, by key of the warning; the signature turns them into warnings.
    reasons = EncryptedJSONField(default=dict, blank=True)
    stop_reason = EncryptedTextField(_("Reason for stopping"), blank=True, default="")
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(name="pharmacy_item_status", condition=Q(status__in=ItemStatus.values)),
            models.CheckConstraint(name="pharmacy_item_dose_positive", condition=Q(dose__gt=0)),
            models.CheckConstraint(
                name="pharmacy_item_duration", condition=Q(duration_days__gte=1, duration_days__lte=365)
            ),
            models.CheckConstraint(name="pharmacy_item_quantity_positive", condition=Q(quantity__gte=1)),
            models.CheckConstraint(name="pharmacy_item_dispensed_within", condition=Q(dispensed__lte=F("quantity"))),
            models.CheckConstraint(name="pharmacy_item_returned_within", condition=Q(returned__lte=F("dispensed"))),
            models.UniqueConstraint(fields=["prescription", "medicine"], name="pharmacy_item_medicine_once"),
        ]
        indexes = [models.Index(fields=["medicine", "status"], name="pharmacy_item_by_medicine")]

    def __str__(self) -> str:
        return str(self.medicine)

    @property
    def outstanding(self) -> int:
        """Units still owed to the patient; nothing once stopped or expired."""
        return self.quantity - self.dispensed if self.status in DISPENSABLE_ITEMS else 0

    @property
    def frequency_words(self) -> str:
        return str(FREQUENCIES[self.frequency].words)

    @property
    def can_stop(self) -> bool:
        return self.status in (*DISPENSABLE_ITEMS, ItemStatus.DISPENSED)
