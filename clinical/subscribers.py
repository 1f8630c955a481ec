"""What the clinical room does when something happened elsewhere."""

from accounts.models import User
from clinical.models import Encounter
from clinical.services.closing import close_visit_if_done
from clinical.services.encounters import follow_ticket, leave_encounter, results_in
from clinical.states import EncounterStatus
from core.events import subscribe
from patients.models import Visit
from queueing.models import Ticket


@subscribe("billing.visit_settled")
@subscribe("pharmacy.dispensed")
@subscribe("pharmacy.prescription_stopped")
def close_visit_when_done(*, visit_id: str, **ids: object) -> None:
    """Somebody finished their part of a visit; perhaps it was the last one."""
    close_visit_if_done(Visit.objects.get(pk=visit_id))


@subscribe("laboratory.item_released")
@subscribe("laboratory.items_cancelled")
def call_patient_back(*, encounter: str, **ids: object) -> None:
    """A result is released or given up: if it is the last one awaited, the patient comes back into line."""
    released = Encounter.objects.select_related("visit").get(pk=encounter)
    results_in(encounter=released)
    close_visit_if_done(released.visit)


@subscribe("queueing.ticket_transferred")
def move_encounter_along(*, ticket_id: str, **ids: object) -> None:
    """A ticket was exchanged at the queue's own page: the encounter waits where the new one waits."""
    old = Ticket.objects.get(pk=ticket_id)
    new = Ticket.objects.filter(transferred_from=old).first()
    encounter = Encounter.objects.filter(ticket=old).first()
    if encounter and new and encounter.is_open:
        who = new.moves.filter(verb="issue").exclude(by_id="").values_list("by_id", flat=True)
        follow_ticket(encounter=encounter, ticket=new, by=User.objects.filter(pk__in=list(who)).first())


@subscribe("queueing.ticket_cancelled")
@subscribe("queueing.ticket_no_show")
@subscribe("queueing.ticket_expired")
def end_encounter_without_patient(*, ticket_id: str, **ids: object) -> None:
    """The number is gone and nobody was seen: the encounter ends as left. A consultation that began stays open."""
    waiting = [EncounterStatus.WAITING, EncounterStatus.AWAITING_RESULTS, EncounterStatus.RETURNING]
    encounter = Encounter.objects.filter(ticket_id=ticket_id, status__in=waiting, started_at__isnull=True).first()
    if encounter:
        leave_encounter(encounter=encounter, reason="the ticket ended")
