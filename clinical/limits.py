"""Which vital signs are possible and which are usual.

Outside the hard limits a value is refused: no living patient has it. Outside the usual limits the nurse is asked to
measure again and to confirm. General clinical knowledge; to be confirmed by the hospital. Units are UCUM codes.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

ADULT_FROM = 12  # years; younger patients have their own usual limits


@dataclass(frozen=True)
class Limit:
    label: Any  # a lazy text
    unit: str  # UCUM
    shown_unit: str
    least: Decimal
    most: Decimal
    usual: tuple[Decimal, Decimal]
    usual_child: tuple[Decimal, Decimal] | None = None
    usual_infant: tuple[Decimal, Decimal] | None = None
    places: int = 0

    def usual_at(self, age_years: int | None) -> tuple[Decimal, Decimal]:
        """Usual limits for an age; an unknown age is taken as adult."""
        if age_years is not None and age_years < 1:
            return self.usual_infant or self.usual_child or self.usual
        if age_years is not None and age_years < ADULT_FROM:
            return self.usual_child or self.usual
        return self.usual


def _range(low: str, high: str) -> tuple[Decimal, Decimal]:
    return Decimal(low), Decimal(high)


def _limit(label, unit: str, shown: str, hard: str, usual: str, **more) -> Limit:
    least, most = _range(*hard.split())
    for key in ("child", "infant"):
        if key in more:
            more[f"usual_{key}"] = _range(*more.pop(key).split())
    return Limit(label, unit, shown, least, most, _range(*usual.split()), **more)


LIMITS: dict[str, Limit] = {
    "temperature": _limit(_("Temperature"), "Cel", "°C", "25 45", "34 40.5", places=1),
    "pulse": _limit(_("Pulse"), "/min", "/min", "10 300", "40 150", child="60 180", infant="80 200"),
    "respiration": _limit(_("Respiration"), "/min", "/min", "2 120", "8 35", child="12 50", infant="20 70"),
    "systolic": _limit(_("Systolic pressure"), "mm[Hg]", "mmHg", "30 300", "80 200", child="60 140", infant="50 120"),
    "diastolic": _limit(_("Diastolic pressure"), "mm[Hg]", "mmHg", "10 200", "40 120", child="30 90", infant="25 80"),
    "spo2": _limit(_("Oxygen saturation"), "%", "%", "30 100", "88 100"),
    "oxygen_flow": _limit(_("Oxygen given"), "L/min", "L/min", "0 60", "0 15", places=1),
    "weight": _limit(_("Weight"), "kg", "kg", "0.3 400", "30 150", child="4 80", infant="1.5 15", places=2),
    "height": _limit(_("Height"), "cm", "cm", "20 260", "120 210", child="50 175", infant="35 95", places=1),
    "pain": _limit(_("Pain"), "{score}", "/10", "0 10", "0 10"),
    "glucose": _limit(_("Blood glucose"), "mg/dL", "mg/dL", "10 1500", "60 400"),
}
WEIGHT_CHANGE = Decimal("0.2")  # a change by a fifth since the last weighing is questioned


def impossible(name: str, value: Decimal) -> str | None:
    """Why a value cannot be right, or None."""
    limit = LIMITS[name]
    if limit.least <= value <= limit.most:
        return None
    return _("%(label)s must be between %(least)s and %(most)s %(unit)s.") % {
        "label": limit.label,
        "least": limit.least,
        "most": limit.most,
        "unit": limit.shown_unit,
    }


def unusual(name: str, value: Decimal, age_years: int | None) -> str | None:
    """What to ask about a value that is possible but rare, or None."""
    limit = LIMITS[name]
    low, high = limit.usual_at(age_years)
    if low <= value <= high:
        return None
    return _("%(value)s %(unit)s is unusual: usually %(low)s to %(high)s. Measure again.") % {
        "value": value,
        "unit": limit.shown_unit,
        "low": low,
        "high": high,
    }


def unusual_weight(value: Decimal, last: Decimal | None) -> str | None:
    """A weight that differs a lot from the last one is more often a slip of the finger than a change."""
    if last is None or abs(value - last) <= last * WEIGHT_CHANGE:
        return None
    return _("The last weight was %(last)s kg. Weigh again.") % {"last": last}
