"""What a doctor does with the own line: ticket and encounter move together, in one transaction."""

from django.db import transaction

from clinical.errors import EncounterHasNoTicket
from clinical.models import Encounter
from clinical.services.encounters import leave_encounter
from clinical.services.moves import lock_encounter
from queueing.models import Queue, Ticket
from queueing.services import tickets


@transaction.atomic
def call_next_patient(*, queue: Queue, room, by) -> Encounter | None:
    """Call who comes next; None when nobody waits. Two doctors on one queue never get the same patient."""
    ticket = tickets.call_next(queue=queue, room=room, by=by)
    if ticket is None:
        return None
    return Encounter.objects.filter(ticket=ticket).first()


@transaction.atomic
def call_patient(*, encounter: Encounter, room, by) -> Encounter:
    """Call one chosen patient, for example one whose results are back."""
    encounter = lock_encounter(encounter)
    tickets.call_ticket(ticket=_ticket(encounter), room=room, by=by)
    return encounter


@transaction.atomic
def recall_patient(*, encounter: Encounter, by) -> Encounter:
    tickets.recall(ticket=_ticket(encounter), by=by)
    return encounter


@transaction.atomic
def skip_patient(*, encounter: Encounter, reason: str, by) -> Encounter:
    tickets.skip(ticket=_ticket(encounter), reason=reason, by=by)
    return encounter


@transaction.atomic
def return_patient(*, encounter: Encounter, by) -> Encounter:
    tickets.return_to_queue(ticket=_ticket(encounter), by=by)
    return encounter


@transaction.atomic
def mark_no_show(*, encounter: Encounter, by, reason: str = "") -> Encounter:
    """Called and did not come: the ticket ends, the encounter ends as left, an unpaid consultation is not charged."""
    encounter = lock_encounter(encounter)
    tickets.no_show(ticket=_ticket(encounter), reason=reason, by=by)
    return leave_encounter(encounter=encounter, reason=reason or "did not come", by=by)


def _ticket(encounter: Encounter) -> Ticket:
    if encounter.ticket is None:
        raise EncounterHasNoTicket()
    return encounter.ticket
