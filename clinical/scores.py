"""NEWS2 and body mass index, computed from clinical/data (sources there)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DATA = Path(__file__).parent / "data"
NEWS2_FROM_AGE = 16
BMI_CLASSES_FROM_AGE = 18

# Our column → parameter in news2.csv; SpO2 and consciousness are looked up separately.
_PARAMETERS = {
    "respiration": "respiration_rate",
    "systolic": "systolic_bp",
    "pulse": "pulse",
    "temperature": "temperature",
}
NEEDED = ("respiration", "spo2", "systolic", "pulse", "consciousness", "temperature")


class Band(TextChoices):
    LOW = "low", pgettext_lazy("NEWS2", "Low")
    LOW_MEDIUM = "low-medium", pgettext_lazy("NEWS2", "Low to medium")
    MEDIUM = "medium", pgettext_lazy("NEWS2", "Medium")
    HIGH = "high", pgettext_lazy("NEWS2", "High")


ADVICE = {
    Band.LOW: _("Routine monitoring."),
    Band.LOW_MEDIUM: _("One sign alone is seriously abnormal: urgent review by a nurse or doctor."),
    Band.MEDIUM: _("Urgent review by a doctor."),
    Band.HIGH: _("Emergency: immediate assessment."),
}


@dataclass(frozen=True)
class _Row:
    low: Decimal | None
    high: Decimal | None
    score: str
    condition: str

    def covers(self, value: Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@cache
def _table() -> dict[str, list[_Row]]:
    table: dict[str, list[_Row]] = {}
    with (DATA / "news2.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            row = _Row(_number(line["low"]), _number(line["high"]), line["score"], line["condition"])
            table.setdefault(line["parameter"], []).append(row)
    return table


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def news2_applies(*, age_years: int | None, pregnant: bool) -> bool:
    """NEWS2 was made for adults: not under 16 years, not in pregnancy."""
    return not pregnant and age_years is not None and age_years >= NEWS2_FROM_AGE


def missing_for_news2(values: Mapping) -> list[str]:
    return [name for name in NEEDED if values.get(name) in (None, "")]


def news2(values: Mapping, *, on_oxygen: bool, spo2_scale: int = 1) -> dict | None:
    """Total, band and score of each part; None while a sign is missing.

    `values`: respiration /min, spo2 %, systolic mm[Hg], pulse /min, temperature Cel, consciousness ACVPU.
    `spo2_scale` 2 is for patients in hypercapnic respiratory failure, on a doctor's order; there 93 % or more scores 0
    on air and up to 3 on oxygen.
    """
    if missing_for_news2(values):
        return None
    parts = {name: _score(_PARAMETERS[name], values[name]) for name in _PARAMETERS}
    parts["spo2"] = _spo2(Decimal(values["spo2"]), on_oxygen=on_oxygen, scale=spo2_scale)
    parts["oxygen"] = 2 if on_oxygen else 0
    parts["consciousness"] = 0 if values["consciousness"] == "A" else 3
    total = sum(parts.values())
    return {"total": total, "band": str(_band(total, parts)), "parts": parts, "scale": spo2_scale}


def _score(parameter: str, value, condition: str = "") -> int:
    value = Decimal(value)
    rows = [row for row in _table()[parameter] if row.condition in ("", condition)]
    return next(int(row.score) for row in rows if row.covers(value))


def _spo2(value: Decimal, *, on_oxygen: bool, scale: int) -> int:
    if scale == 2:
        return _score("spo2_scale2", value, "on oxygen" if on_oxygen else "on air")
    return _score("spo2_scale1", value)


def _band(total: int, parts: Mapping[str, int]) -> Band:
    for row in _table()["aggregate_band"]:
        if row.low is not None and row.covers(Decimal(total)):
            band = Band(row.score)
            return Band.LOW_MEDIUM if band == Band.LOW and 3 in parts.values() else band
    raise ValueError(f"No band for a NEWS2 of {total}")


BMI_LABELS = {
    "underweight": pgettext_lazy("BMI", "Underweight"),
    "normal": pgettext_lazy("BMI", "Normal"),
    "overweight": pgettext_lazy("BMI", "Overweight"),
    "overweight (at risk)": pgettext_lazy("BMI", "Overweight, at risk"),
    "obese_1": pgettext_lazy("BMI", "Obese, class 1"),
    "obese_2": pgettext_lazy("BMI", "Obese, class 2"),
    "obese_3": pgettext_lazy("BMI", "Obese, class 3"),
}


@cache
def _bmi_classes(scheme: str) -> list[tuple[str, Decimal | None, Decimal | None]]:
    with (DATA / "bmi_classes.csv").open(encoding="utf-8", newline="") as file:
        return [
            (line["class"], _number(line["bmi_min_inclusive"]), _number(line["bmi_max_exclusive"]))
            for line in csv.DictReader(file)
            if line["scheme"] == scheme
        ]


def bmi(weight: Decimal, height: Decimal, *, scheme: str, age_years: int | None) -> dict:
    """Body mass index in kg/m2 (one decimal) with its class; classes hold for adults only. Weight kg, height cm."""
    value = (weight / (height / 100) ** 2).quantize(Decimal("0.1"), ROUND_HALF_UP)
    adult = age_years is not None and age_years >= BMI_CLASSES_FROM_AGE
    return {"value": str(value), "class": _bmi_class(value, scheme) if adult else "", "scheme": scheme}


def _bmi_class(value: Decimal, scheme: str) -> str:
    for name, low, high in _bmi_classes(scheme):
        if (low is None or value >= low) and (high is None or value < high):
            return name
    return ""
