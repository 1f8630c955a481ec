"""Triage: vital signs are taken (or refused), urgency is judged."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from clinical import scores
from clinical.errors import EncounterIsClosed, ReasonMissing, VitalsEmpty
from clinical.limits import LIMITS
from clinical.models import Encounter, VitalSigns
from clinical.services.moves import lock_encounter, record_move
from clinical.states import EncounterStatus, RecordStatus
from core import events
from core.clock import now
from core.preferences import preference
from queueing.services.tickets import set_priority

MEASURED = (*LIMITS, "consciousness")


@transaction.atomic
def record_vitals(
    *,
    encounter: Encounter,
    values: Mapping[str, Any],
    by,
    pregnant: bool = False,
    spo2_scale: int = 1,
    note: str = "",
) -> VitalSigns:
    """Keep one set of measurements with what was computed from them then. Units: clinical.limits.

    The first set of an encounter ends its triage. Raises EncounterIsClosed, VitalsEmpty.
    """
    encounter = lock_encounter(encounter)
    if not encounter.is_open:
        raise EncounterIsClosed()
    measured = {name: values[name] for name in MEASURED if values.get(name) not in (None, "")}
    if not measured:
        raise VitalsEmpty()
    vitals = VitalSigns.objects.create(
        patient_id=encounter.patient_id,
        encounter=encounter,
        taken_at=now(),
        taken_by=by,
        note=note,
        assessment=assess(measured, age_years=encounter.patient.age.years, pregnant=pregnant, spo2_scale=spo2_scale),
        **measured,
    )
    _end_triage(encounter, by=by)
    events.publish("clinical.vitals_recorded", encounter_id=encounter.pk, vitals_id=vitals.pk)
    return vitals


def assess(measured: Mapping[str, Any], *, age_years: int, pregnant: bool, spo2_scale: int = 1) -> dict[str, Any]:
    """NEWS2 where it applies and is complete, body mass index where weight and height are known."""
    on_oxygen = Decimal(measured.get("oxygen_flow") or 0) > 0
    found: dict[str, Any] = {"on_oxygen": on_oxygen, "pregnant": pregnant, "age": age_years}
    if scores.news2_applies(age_years=age_years, pregnant=pregnant):
        found["news2"] = scores.news2(measured, on_oxygen=on_oxygen, spo2_scale=spo2_scale)
    if measured.get("weight") and measured.get("height"):
        scheme = preference("clinical.bmi_scheme")
        found["bmi"] = scores.bmi(measured["weight"], measured["height"], scheme=scheme, age_years=age_years)
    return found


@transaction.atomic
def refuse_triage(*, encounter: Encounter, reason: str, by) -> Encounter:
    """No vitals were taken, and why; the patient goes on to the doctor."""
    if not reason.strip():
        raise ReasonMissing()
    encounter = lock_encounter(encounter)
    if not encounter.is_open:
        raise EncounterIsClosed()
    encounter.triage_refusal = reason
    encounter.save(update_fields=["triage_refusal", "updated_at"])
    _end_triage(encounter, by=by, reason=reason)
    return encounter


@transaction.atomic
def prioritise(*, encounter: Encounter, priority: str, reason: str, by) -> Encounter:
    """Judge how urgent a waiting patient is; the ticket follows. A changed urgency needs a reason."""
    encounter = lock_encounter(encounter)
    if encounter.priority == priority:
        return encounter
    if not reason.strip():
        raise ReasonMissing(field="priority_reason")
    encounter.priority = priority
    encounter.touch_version()
    encounter.save(update_fields=["priority", "version", "updated_at"])
    record_move(encounter, "prioritise", encounter.status, by=by, reason=reason)
    if encounter.ticket and encounter.ticket.is_open:
        set_priority(ticket=encounter.ticket, priority=priority, reason=reason, by=by)
    return encounter


@transaction.atomic
def void_vitals(*, vitals: VitalSigns, reason: str, by) -> VitalSigns:
    """Mark a set as entered in error; it stays readable, crossed out, and counts no more."""
    if not reason.strip():
        raise ReasonMissing()
    vitals = VitalSigns.objects.select_for_update(of=("self",), no_key=True).get(pk=vitals.pk)
    vitals.status = RecordStatus.ENTERED_IN_ERROR
    vitals.note = f"{vitals.note}\n{reason}".strip()
    vitals.save(update_fields=["status", "note", "updated_at"])
    return vitals


def _end_triage(encounter: Encounter, *, by, reason: str = "") -> None:
    if encounter.triaged_at is not None or encounter.status != EncounterStatus.WAITING:
        return
    encounter.triaged_at = now()
    encounter.touch_version()
    encounter.save(update_fields=["triaged_at", "version", "updated_at"])
    record_move(encounter, "triage", encounter.status, by=by, reason=reason)
