"""What this room shows on pages of others: the patient's chart."""

from typing import Any

from django.http import HttpRequest

from clinical import queries
from clinical.models import Allergy
from clinical.states import OPEN
from core.asking import sealed
from core.panels import Panel, register
from patients.banner import contribute
from patients.models import Patient


@contribute
def allergies_for_banner(patient: Patient) -> dict[str, Any]:
    return {"allergies": queries.allergy_words(patient, _allergies_of(patient))}


def _allergies_of(patient: Patient) -> list[Allergy]:
    """Read once for the banner and the panel of one page."""
    kept = patient.__dict__
    if "allergies_shown" not in kept:
        kept["allergies_shown"] = queries.active_allergies(patient)
    return kept["allergies_shown"]


def chart_panel(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    encounters = queries.timeline(patient, user=request.user, limit=20)
    return {
        "open_encounters": [one for one in encounters if one.status in OPEN],
        "encounters": encounters,
        "shows_diagnoses": request.user.may("diagnosis:view"),
    }


def background_panel(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    return {
        "allergies": _allergies_of(patient),
        "conditions": queries.active_conditions(patient),
        "vitals": queries.latest_vitals(patient, limit=1),
    }


def guarded_panel(request: HttpRequest, patient: Patient) -> dict[str, Any] | None:
    """At the desk: who could break the glass does not enrol into a closed record."""
    if request.user.may("record:break_glass"):
        return None
    return {"patient": patient, "number": sealed(request, number=patient.mrn)}


register(
    Panel(
        slot="guarded",
        order=10,
        permission="visit:enrol",
        template="clinical/guarded/_enrol.html",
        context=guarded_panel,
    )
)
register(Panel(slot="chart-actions", order=10, permission="visit:enrol", template="clinical/chart/_enrol.html"))
register(
    Panel(
        slot="chart",
        order=10,
        permission="encounter:view",
        template="clinical/chart/_encounters.html",
        context=chart_panel,
    )
)
register(
    Panel(
        slot="chart-side",
        order=10,
        permission="allergy:view",
        template="clinical/chart/_background.html",
        context=background_panel,
    )
)
