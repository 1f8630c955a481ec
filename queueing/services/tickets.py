"""The way of a ticket. Every move locks the ticket, checks the flow, writes a history row and refreshes the screens."""

from functools import partial

from django.db import IntegrityError, transaction

from core import events
from core.clock import now, today
from queueing import queries
from queueing.errors import (
    PatientAlreadyQueued,
    QueueIsOver,
    ReasonMissing,
    RoomHasCalledTicket,
    RoomIsServing,
    TicketNotOpen,
)
from queueing.models import Queue, Ticket, TicketMove
from queueing.services.board import refresh_board
from queueing.services.queues import open_queue
from queueing.states import OPEN, TICKET_FLOW, Priority, TicketStatus

# What departments may have to follow: a patient who left the line without being served, or changed it.
_TOLD = {"cancel", "no_show", "transfer", "expire"}


@transaction.atomic
def issue_ticket(*, visit, department, practitioner=None, room=None, priority: str = Priority.NORMAL, by) -> Ticket:
    """Give a visit the next number of today's queue: A-001, A-002 … without gaps or repeats.

    The queue's row is locked until the caller's transaction ends, so a number that is rolled back is given out again.
    Raises PatientAlreadyQueued when the patient holds an open ticket in this queue.
    """
    queue = open_queue(branch=visit.branch, department=department, practitioner=practitioner)
    return _add_ticket(queue=queue, visit=visit, room=room, priority=priority, by=by)


def _add_ticket(*, queue: Queue, visit, room, priority: str, by, transferred_from: Ticket | None = None) -> Ticket:
    queue = Queue.objects.select_for_update(no_key=True).select_related(None).get(pk=queue.pk)
    if queue.tickets.filter(patient_id=visit.patient_id, status__in=OPEN).exists():
        raise PatientAlreadyQueued()
    queue.last_number += 1
    queue.save(update_fields=["last_number", "updated_at"])
    ticket = Ticket.objects.create(
        queue=queue,
        visit=visit,
        patient_id=visit.patient_id,
        number=queue.last_number,
        label=queue.label(queue.last_number),
        priority=priority,
        queued_at=now(),
        room=room,
        transferred_from=transferred_from,
    )
    _record(ticket, "issue", "", by=by)
    return ticket


@transaction.atomic
def call_next(*, queue: Queue, room, by) -> Ticket | None:
    """Call who comes next in a queue into a room; None when nobody waits.

    Two doctors on one queue never get the same patient: a row locked by one is skipped by the other.
    """
    _ensure_today(queue)
    ticket = queries.waiting_tickets(queue).select_for_update(skip_locked=True, of=("self",)).first()
    return ticket and _call(ticket, room=room, by=by)


@transaction.atomic
def call_ticket(*, ticket: Ticket, room, by) -> Ticket:
    """Call one chosen patient: who came back after being skipped, or whose results are in."""
    ticket = _lock(ticket)
    _ensure_today(ticket.queue)
    return _call(ticket, room=room, by=by)


def _call(ticket: Ticket, *, room, by) -> Ticket:
    _clear_yesterday(room, by=by)
    if room is not None and Ticket.objects.filter(room=room, status=TicketStatus.CALLED).exists():
        raise RoomHasCalledTicket()
    try:
        with transaction.atomic():  # two calls at the same instant: the unique index decides
            return _move(ticket, "call", by=by, room=room, called_at=now(), called_by=by, call_count=1)
    except IntegrityError as error:
        raise RoomHasCalledTicket() from error


@transaction.atomic
def recall(*, ticket: Ticket, by) -> Ticket:
    """Call the same patient once more; counted, shown and spoken again."""
    ticket = _lock(ticket)
    return _move(ticket, "recall", by=by, called_at=now(), call_count=ticket.call_count + 1)


@transaction.atomic
def start(*, ticket: Ticket, by) -> Ticket:
    """The patient entered the room."""
    ticket = _lock(ticket)
    TICKET_FLOW.check("start", ticket.status)
    if ticket.room_id and Ticket.objects.filter(room=ticket.room_id, status=TicketStatus.SERVING).exists():
        raise RoomIsServing()
    try:
        with transaction.atomic():
            return _move(ticket, "start", by=by, started_at=ticket.started_at or now())
    except IntegrityError as error:
        raise RoomIsServing() from error


@transaction.atomic
def finish(*, ticket: Ticket, by) -> Ticket:
    return _move(_lock(ticket), "finish", by=by, ended_at=now())


@transaction.atomic
def pause(*, ticket: Ticket, by) -> Ticket:
    """The patient leaves the room for tests and keeps a place."""
    return _move(_lock(ticket), "pause", by=by)


@transaction.atomic
def resume(*, ticket: Ticket, by) -> Ticket:
    """Back from tests: waits again, before those who have not been seen yet."""
    return _move(_lock(ticket), "resume", by=by, priority=Priority.RETURNING, queued_at=now(), room=None)


@transaction.atomic
def skip(*, ticket: Ticket, reason: str, by) -> Ticket:
    """Pass over a patient who does not answer. Needs a reason."""
    return _move(_lock(ticket), "skip", by=by, reason=_required(reason), room=None)


@transaction.atomic
def return_to_queue(*, ticket: Ticket, by) -> Ticket:
    """A skipped patient came back: to the end of the line, whatever the place was before."""
    ticket = _lock(ticket)
    priority = Priority.EMERGENCY if ticket.priority == Priority.EMERGENCY else Priority.NORMAL
    return _move(ticket, "return", by=by, queued_at=now(), priority=priority)


@transaction.atomic
def no_show(*, ticket: Ticket, by, reason: str = "") -> Ticket:
    return _move(_lock(ticket), "no_show", by=by, reason=reason, ended_at=now(), room=None)


@transaction.atomic
def cancel_ticket(*, ticket: Ticket, reason: str, by) -> Ticket:
    return _move(_lock(ticket), "cancel", by=by, reason=_required(reason), ended_at=now())


@transaction.atomic
def set_priority(*, ticket: Ticket, priority: str, reason: str, by) -> Ticket:
    """Staff raise or lower a waiting patient on clinical grounds; always with a reason."""
    ticket = _lock(ticket)
    if not ticket.is_open:
        raise TicketNotOpen()
    reason = _required(reason)
    ticket.priority = Priority(priority)
    ticket.save(update_fields=["priority", "updated_at"])
    _record(ticket, "priority", ticket.status, by=by, reason=reason)
    return ticket


@transaction.atomic
def transfer(*, ticket: Ticket, department, practitioner=None, reason: str, by) -> Ticket:
    """Close this ticket and give the same visit a new one in another queue; the two stay linked."""
    ticket = _lock(ticket)
    _move(ticket, "transfer", by=by, reason=_required(reason), ended_at=now())
    queue = open_queue(branch=ticket.queue.branch, department=department, practitioner=practitioner)
    return _add_ticket(
        queue=queue, visit=ticket.visit, room=None, priority=ticket.priority, by=by, transferred_from=ticket
    )


@transaction.atomic
def close_tickets_of_visit(*, visit, reason: str, by=None) -> int:
    """Close what a visit still holds in any queue; called in the transaction that closes or cancels the visit."""
    tickets = Ticket.objects.select_for_update(of=("self",)).filter(visit=visit, status__in=OPEN).order_by("pk")
    moved = [
        _move(ticket, "finish" if ticket.can_finish else "cancel", by=by, reason=reason, ended_at=now())
        for ticket in tickets.select_related("queue")
    ]
    return len(moved)


@transaction.atomic
def expire_tickets(*, before=None) -> int:
    """At the hospital's midnight every open ticket of an earlier day ends."""
    tickets = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        queue__date__lt=before or today(), status__in=OPEN
    )
    return len([_move(ticket, "expire", by=None, ended_at=now()) for ticket in tickets.select_related("queue")])


def _clear_yesterday(room, *, by) -> None:
    """A room must not stay blocked by a ticket that was forgotten on an earlier day."""
    if room is None:
        return
    forgotten = Ticket.objects.select_for_update(of=("self",)).filter(
        room=room, status__in=[TicketStatus.CALLED, TicketStatus.SERVING], queue__date__lt=today()
    )
    for ticket in forgotten.select_related("queue"):
        _move(ticket, "expire", by=by, ended_at=now())


def _lock(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("queue").get(pk=ticket.pk)


def _ensure_today(queue: Queue) -> None:
    if queue.date != today():
        raise QueueIsOver()


def _required(reason: str) -> str:
    reason = (reason or "").strip()
    if not reason:
        raise ReasonMissing()
    return reason


def _move(ticket: Ticket, verb: str, *, by, reason: str = "", **changes) -> Ticket:
    """The only place where a ticket's status changes. The caller holds the ticket's lock."""
    before = ticket.status
    TICKET_FLOW.move(ticket, verb, **changes)
    _record(ticket, verb, before, by=by, reason=reason)
    if verb in _TOLD:
        events.publish(f"queueing.ticket_{ticket.status}", ticket_id=ticket.pk, visit_id=ticket.visit_id)
    return ticket


def _record(ticket: Ticket, verb: str, before: str, *, by, reason: str = "") -> None:
    TicketMove.objects.create(
        ticket=ticket,
        verb=verb,
        from_status=before,
        to_status=ticket.status,
        at=now(),
        by_id=str(by.pk) if by else "",
        by_name=str(by) if by else "",
        room_id=ticket.room_id,
        reason=reason,
    )
    transaction.on_commit(partial(refresh_board, ticket.queue.branch_id))
