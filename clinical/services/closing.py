"""When is a visit over? When nobody has anything left to do in it and it is settled.

Departments above this room say what they still have to do through `hold_open`, so that clinical imports none of them.
"""

from collections.abc import Callable

from django.db import transaction

from billing.queries import visit_is_settled
from clinical.models import Encounter
from clinical.services.moves import lock_encounter, move_encounter
from clinical.states import OPEN, Disposition, EncounterStatus
from core.clock import now
from patients.models import Visit
from patients.services.visits import cancel_visit, close_visit
from patients.states import VisitKind, VisitStatus
from queueing.services.tickets import close_tickets_of_visit

# Visits in which no doctor is seen: their encounter ends with the department's work.
WITHOUT_CONSULTATION = {VisitKind.LABORATORY, VisitKind.PHARMACY}
# These visits end by a discharge, not by an empty list.
NEVER_BY_ITSELF = {VisitKind.INPATIENT}

_unfinished: list[Callable[[Visit], bool]] = []


def hold_open(unfinished: Callable[[Visit], bool]) -> Callable[[Visit], bool]:
    """Register a department's question: is there unfinished work in this visit? Called from apps.ready()."""
    if unfinished not in _unfinished:
        _unfinished.append(unfinished)
    return unfinished


@transaction.atomic
def close_visit_if_done(visit: Visit, *, by=None) -> bool:
    """Close the visit when every encounter ended, every department is done and the bill is settled.

    Safe to call at any time and as often as wanted. A visit in which nobody was ever seen is cancelled instead.
    """
    visit = Visit.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.pk)
    if visit.status != VisitStatus.OPEN or visit.kind in NEVER_BY_ITSELF or not _is_done(visit):
        return False
    _complete_unattended(visit, by=by)
    close_tickets_of_visit(visit=visit, reason="visit closed", by=by)
    if _nobody_was_seen(visit):
        cancel_visit(visit=visit, reason="left", by=by)
    else:
        close_visit(visit=visit, by=by)
    return True


def _is_done(visit: Visit) -> bool:
    open_encounters = Encounter.objects.filter(visit=visit, status__in=OPEN)
    if visit.kind not in WITHOUT_CONSULTATION and open_encounters.exists():
        return False
    return not any(unfinished(visit) for unfinished in _unfinished) and visit_is_settled(visit)


def _complete_unattended(visit: Visit, *, by) -> None:
    for encounter in Encounter.objects.filter(visit=visit, status__in=OPEN):
        encounter = lock_encounter(encounter)
        move_encounter(encounter, "complete", by=by, finished_at=now(), disposition=Disposition.HOME)


def _nobody_was_seen(visit: Visit) -> bool:
    gone = [EncounterStatus.LEFT, EncounterStatus.ENTERED_IN_ERROR]
    encounters = Encounter.objects.filter(visit=visit)
    return encounters.exists() and not encounters.exclude(status__in=gone, started_at__isnull=True).exists()
