"""The way of an encounter. Every move locks it, checks the flow, writes a history row and moves its ticket along."""

from collections.abc import Callable

from django.db import transaction

from billing.errors import ChargeAlreadyInvoiced
from billing.services.charges import cancel_charge
from billing.services.performers import follow
from clinical.errors import AnotherPatientInRoom, DiagnosisMissing, NoteNotSigned, NotYourPatient, ReasonMissing
from clinical.models import Encounter, Note
from clinical.services import closing
from clinical.services.moves import lock_encounter, move_encounter, record_move
from clinical.states import ENCOUNTER_FLOW, EncounterStatus, NoteStatus, RecordStatus
from core.clock import now
from queueing.models import Ticket
from queueing.services import tickets
from queueing.states import TicketStatus

CHARGE_SOURCE = "encounter"

_pending: list[Callable[[Encounter], bool]] = []


def await_results_of(pending: Callable[[Encounter], bool]) -> Callable[[Encounter], bool]:
    """Register a department's question: are results of this encounter still to come? Called from apps.ready()."""
    if pending not in _pending:
        _pending.append(pending)
    return pending


def results_pending(encounter: Encounter) -> bool:
    return any(pending(encounter) for pending in _pending)


@transaction.atomic
def start_encounter(*, encounter: Encounter, by, room=None) -> Encounter:
    """The patient is in the room. A ticket still waiting is called into the room on the way.

    Raises AnotherPatientInRoom while the same doctor has somebody else in consultation.
    """
    encounter = lock_encounter(encounter)
    ENCOUNTER_FLOW.check("start", encounter.status)
    _refuse_second_patient(encounter, by)
    if encounter.ticket:
        _start_ticket(encounter.ticket, room=room, by=by)
    changes = {"started_at": encounter.started_at or now(), "practitioner": by}
    follow(source_kind=CHARGE_SOURCE, source_id=encounter.pk, performer_id=by.pk, by=by)
    return move_encounter(encounter, "start", by=by, **changes)


def _refuse_second_patient(encounter: Encounter, by) -> None:
    others = Encounter.objects.filter(practitioner=by, date=encounter.date, status=EncounterStatus.IN_PROGRESS).exclude(
        pk=encounter.pk
    )
    if others.exists():
        raise AnotherPatientInRoom()


def _start_ticket(ticket: Ticket, *, room, by) -> None:
    if not ticket.is_open or ticket.status == TicketStatus.SERVING:
        return
    if ticket.status != TicketStatus.CALLED:
        ticket = tickets.call_ticket(ticket=ticket, room=room, by=by)
    tickets.start(ticket=ticket, by=by)


@transaction.atomic
def send_for_tests(*, encounter: Encounter, by) -> Encounter:
    """The patient leaves the room for tests and keeps a place among those who come back."""
    encounter = lock_encounter(encounter)
    _refuse_stranger(encounter, by)
    move_encounter(encounter, "send_for_tests", by=by)
    if encounter.ticket and encounter.ticket.can_pause:
        tickets.pause(ticket=encounter.ticket, by=by)
    return encounter


@transaction.atomic
def results_in(*, encounter: Encounter, by=None) -> Encounter:
    """All that the doctor waited for is there: the patient waits again, before those not seen yet.

    Does nothing while results are missing or nobody waits for them, so it may be called for every released result.
    """
    encounter = lock_encounter(encounter)
    if encounter.status != EncounterStatus.AWAITING_RESULTS or results_pending(encounter):
        return encounter
    move_encounter(encounter, "results_in", by=by)
    if encounter.ticket and encounter.ticket.can_resume:
        tickets.resume(ticket=encounter.ticket, by=by)
    return encounter


@transaction.atomic
def finish_encounter(
    *, encounter: Encounter, disposition: str, by, disposition_note: str = "", no_diagnosis_reason: str = ""
) -> Encounter:
    """End the consultation: needs a signed note, and a diagnosis or the reason why there is none."""
    encounter = lock_encounter(encounter)
    ENCOUNTER_FLOW.check("finish", encounter.status)
    _refuse_stranger(encounter, by)
    if not Note.objects.filter(encounter=encounter, addendum_to=None, status=NoteStatus.SIGNED).exists():
        raise NoteNotSigned()
    if not no_diagnosis_reason.strip() and not encounter.diagnoses.filter(status=RecordStatus.ACTIVE).exists():
        raise DiagnosisMissing()
    move_encounter(
        encounter,
        "finish",
        by=by,
        finished_at=now(),
        disposition=disposition,
        disposition_note=disposition_note,
        no_diagnosis_reason=no_diagnosis_reason,
    )
    if encounter.ticket and encounter.ticket.can_finish:
        tickets.finish(ticket=encounter.ticket, by=by)
    closing.close_visit_if_done(encounter.visit, by=by)
    return encounter


@transaction.atomic
def leave_encounter(*, encounter: Encounter, reason: str, by=None) -> Encounter:
    """The patient left without being seen to the end: the place is given up and an unpaid consultation not charged."""
    return _end(encounter, "leave", reason=reason, by=by)


@transaction.atomic
def void_encounter(*, encounter: Encounter, reason: str, by) -> Encounter:
    """Made by mistake (wrong patient, twice): kept, marked, out of every list."""
    return _end(encounter, "enter_in_error", reason=reason, by=by)


def _end(encounter: Encounter, verb: str, *, reason: str, by) -> Encounter:
    if not reason.strip():
        raise ReasonMissing()
    encounter = lock_encounter(encounter)
    never_started = encounter.started_at is None
    move_encounter(encounter, verb, by=by, reason=reason, finished_at=now())
    if encounter.ticket and encounter.ticket.is_open:
        tickets.cancel_ticket(ticket=encounter.ticket, reason=reason, by=by)
    if never_started or verb == "enter_in_error":
        _cancel_consultation(encounter, reason=reason, by=by)
    closing.close_visit_if_done(encounter.visit, by=by)
    return encounter


def _cancel_consultation(encounter: Encounter, *, reason: str, by) -> None:
    """What is already on an invoice stays there; the cashier refunds it by the invoice's own rules."""
    try:
        with transaction.atomic():
            cancel_charge(source_kind=CHARGE_SOURCE, source_id=encounter.pk, reason=reason, by=by)
    except ChargeAlreadyInvoiced:
        return


@transaction.atomic
def transfer_encounter(*, encounter: Encounter, department, practitioner=None, reason: str, by) -> Encounter:
    """Hand a waiting patient to another doctor or department; the ticket is exchanged for one of that queue."""
    encounter = lock_encounter(encounter)
    ticket = encounter.ticket
    if ticket and ticket.is_open:
        ticket = tickets.transfer(ticket=ticket, department=department, practitioner=practitioner, reason=reason, by=by)
    return follow_ticket(encounter=encounter, ticket=ticket, reason=reason, by=by)


@transaction.atomic
def follow_ticket(*, encounter: Encounter, ticket: Ticket | None, reason: str = "", by=None) -> Encounter:
    """Let the encounter wait where its new ticket waits."""
    encounter = lock_encounter(encounter)
    before = encounter.status
    if ticket is not None:
        encounter.ticket = ticket
        encounter.department_id, encounter.practitioner_id = ticket.queue.department_id, ticket.queue.practitioner_id
        encounter.specialty = ticket.queue.department.specialty or encounter.specialty  # a move never loosens it
    encounter.touch_version()
    encounter.save(update_fields=["ticket", "department", "practitioner", "specialty", "version", "updated_at"])
    follow(source_kind=CHARGE_SOURCE, source_id=encounter.pk, performer_id=encounter.practitioner_id, by=by)
    record_move(encounter, "transfer", before, by=by, reason=reason)
    return encounter


def _refuse_stranger(encounter: Encounter, by) -> None:
    if encounter.practitioner_id and encounter.practitioner_id != by.pk:
        raise NotYourPatient()
