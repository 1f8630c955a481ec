"""The one function in which an encounter's status changes, and the lock that goes before it."""

from typing import Any

from clinical.errors import EncounterIsClosed, EncounterNotStarted
from clinical.models import Encounter, EncounterMove
from clinical.states import ENCOUNTER_FLOW
from core import events
from core.clock import now


def lock_encounter(encounter: Encounter) -> Encounter:
    return (
        Encounter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("visit", "practitioner", "ticket__queue")
        .get(pk=encounter.pk)
    )


def move_encounter(encounter: Encounter, verb: str, *, by, reason: str = "", **changes: Any) -> Encounter:
    """The only place where an encounter's status changes. The caller holds the encounter's lock."""
    before = encounter.status
    encounter.status = ENCOUNTER_FLOW.check(verb, before)
    for name, value in changes.items():
        setattr(encounter, name, value)
    encounter.touch_version()
    encounter.save(update_fields=["status", "version", "updated_at", *changes])
    record_move(encounter, verb, before, by=by, reason=reason)
    events.publish(f"clinical.encounter_{encounter.status}", encounter_id=encounter.pk, visit_id=encounter.visit_id)
    return encounter


def record_move(encounter: Encounter, verb: str, before: str, *, by, reason: str) -> None:
    EncounterMove.objects.create(
        encounter=encounter,
        verb=verb,
        from_status=before,
        to_status=encounter.status,
        at=now(),
        by_id=str(by.pk) if by else "",
        by_name=str(by) if by else "",
        reason=reason,
    )


def refuse_unwritable(encounter: Encounter) -> None:
    """Raise unless notes, diagnoses and orders may be written in the encounter now."""
    if not encounter.is_open:
        raise EncounterIsClosed()
    if not encounter.is_writable:
        raise EncounterNotStarted()
