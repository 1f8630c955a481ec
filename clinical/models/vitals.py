"""Vital signs as measured once. Units are UCUM codes; every value is encrypted."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinical.limits import LIMITS
from clinical.scores import ADVICE, BMI_LABELS, Band
from clinical.states import Consciousness, RecordStatus
from core.fields import EncryptedDecimalField, EncryptedJSONField, EncryptedTextField
from core.models import UUIDModel


class VitalSigns(UUIDModel):
    """One set of measurements. Never edited: a wrong set is marked as entered in error and taken anew."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="vital_signs")
    encounter = models.ForeignKey(
        "clinical.Encounter", null=True, blank=True, on_delete=models.PROTECT, related_name="vital_signs"
    )
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=RecordStatus, default=RecordStatus.ACTIVE)
    temperature = EncryptedDecimalField(null=True, blank=True)  # Cel
    pulse = EncryptedDecimalField(null=True, blank=True)  # /min
    respiration = EncryptedDecimalField(null=True, blank=True)  # /min
    systolic = EncryptedDecimalField(null=True, blank=True)  # mm[Hg]
    diastolic = EncryptedDecimalField(null=True, blank=True)  # mm[Hg]
    spo2 = EncryptedDecimalField(null=True, blank=True)  # %
    oxygen_flow = EncryptedDecimalField(null=True, blank=True)  # L/min; empty or 0 means air
    consciousness = EncryptedTextField(blank=True, default="")  # ACVPU
    weight = EncryptedDecimalField(null=True, blank=True)  # kg
    height = EncryptedDecimalField(null=True, blank=True)  # cm
    pain = EncryptedDecimalField(null=True, blank=True)  # 0 to 10, numeric rating scale
    glucose = EncryptedDecimalField(null=True, blank=True)  # mg/dL, capillary
    # What was computed then, kept with the answers that led to it: {"news2": {...}, "bmi": {...}, "on_oxygen": bool …}
    assessment = EncryptedJSONField(default=dict, blank=True)
    note = EncryptedTextField(blank=True, default="")

    class Meta:
        ordering = ["-taken_at", "-id"]
        verbose_name_plural = "vital signs"
        constraints = [models.CheckConstraint(condition=Q(status__in=RecordStatus.values), name="vitals_status_known")]
        indexes = [
            models.Index(fields=["patient", "-taken_at"], name="vitals_patient"),
            models.Index(fields=["encounter", "-taken_at"], name="vitals_encounter"),
            models.Index(fields=["taken_by", "-taken_at"], name="vitals_taken_by"),
        ]

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d %H:%M}"

    @property
    def news2(self) -> dict | None:
        """Total, band and the score of each part as computed when taken; None where NEWS2 does not apply."""
        return self.assessment.get("news2")

    @property
    def bmi(self) -> dict | None:
        return self.assessment.get("bmi")

    @property
    def news2_band(self) -> dict[str, Any]:
        """Words of the band: what it is called and what it asks for."""
        band = Band(self.news2["band"]) if self.news2 else None
        return {"label": band.label, "advice": ADVICE[band]} if band else {}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What was measured, in the order of a chart: label, value, unit and NEWS2 points."""
        points = (self.news2 or {}).get("parts", {})
        rows = [
            {"label": limit.label, "value": getattr(self, name), "unit": limit.shown_unit, "points": points.get(name)}
            for name, limit in LIMITS.items()
        ]
        if self.consciousness:
            words = Consciousness(self.consciousness).label
            rows.append({"label": _("Consciousness"), "value": words, "points": points.get("consciousness")})
        if self.bmi:
            words = BMI_LABELS.get(self.bmi["class"], "")  # type: ignore[arg-type]
            rows.append({"label": _("Body mass index"), "value": self.bmi["value"], "unit": f"kg/m² {words}"})
        return [row for row in rows if row["value"] not in (None, "")]

    @property
    def on_oxygen(self) -> bool:
        return bool(self.assessment.get("on_oxygen"))
