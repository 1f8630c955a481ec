"""Reads of the queueing room."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from accounts.queries import branches_of, within_places
from core.clock import today
from core.db.kept import kept
from queueing.models import DisplayScreen, Queue, Ticket
from queueing.states import OPEN, RANK, TicketStatus

_RANK_ORDER = Case(
    *(When(priority=priority, then=Value(rank)) for priority, rank in RANK.items()), output_field=IntegerField()
)


def visible_queues(user) -> QuerySet[Queue]:
    """Queues a user may look at: all of the branches and departments the user works in."""
    queues = Queue.objects.filter(within_places(user), branch__in=branches_of(user))
    return queues.select_related("branch", "department", "practitioner")


def visible_tickets(user) -> QuerySet[Ticket]:
    """Tickets of these queues; whose they are is shown by ``queueing.access.veiled``."""
    places = within_places(user, "queue__branch", "queue__department")
    return Ticket.objects.filter(places, queue__branch__in=branches_of(user)).select_related(
        "queue__department", "queue__practitioner", "queue__branch", "patient", "room"
    )


def visible_displays(user) -> QuerySet[DisplayScreen]:
    return DisplayScreen.objects.filter(branch__in=branches_of(user)).select_related("branch")


def callable_queues(user) -> QuerySet[Queue]:
    """Queues the user may call from: the user's own, those without a practitioner, and every one for a manager."""
    queues = visible_queues(user)
    if user.may("queue:manage"):
        return queues
    return queues.filter(Q(practitioner=user) | Q(practitioner__isnull=True))


def in_calling_order(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Emergency, then back from tests, then normal; inside each by place in line."""
    return tickets.order_by(_RANK_ORDER, "queued_at", "number")


def waiting_tickets(queue: Queue) -> QuerySet[Ticket]:
    return in_calling_order(queue.tickets.filter(status=TicketStatus.WAITING))


def waiting_in(user, branch) -> QuerySet[Ticket]:
    """Today's waiting tickets of a branch, of every queue, in calling order."""
    tickets = visible_tickets(user).filter(queue__branch=branch, queue__date=today(), status=TicketStatus.WAITING)
    return in_calling_order(tickets)


def people_ahead(ticket: Ticket) -> int:
    """How many waiting tickets will be called before this one."""
    ids = waiting_tickets(ticket.queue).values_list("pk", flat=True)
    return next((ahead for ahead, pk in enumerate(ids) if pk == ticket.pk), 0)


def todays_queues(queues: QuerySet[Queue]) -> QuerySet[Queue]:
    return queues.filter(date=today()).order_by("prefix")


def counted(queues: Iterable[Queue]) -> list[Queue]:
    """The queues with how many wait, are away for tests, were skipped and were served; two statements."""
    found = list(queues)
    if not found:
        return found
    numbers = {(queue, status): number for queue, status, number in _counts([queue.pk for queue in found])}
    for queue in found:
        queue.waiting_count = numbers.get((queue.pk, TicketStatus.WAITING), 0)
        queue.paused_count = numbers.get((queue.pk, TicketStatus.PAUSED), 0)
        queue.skipped_count = numbers.get((queue.pk, TicketStatus.SKIPPED), 0)
        queue.done_count = numbers.get((queue.pk, TicketStatus.DONE), 0)
    return found


@kept
def _counts(queues: list[UUID]) -> QuerySet:
    rows = Ticket.objects.filter(queue__id__any=queues).order_by().values_list("queue", "status")
    return rows.annotate(number=Count("pk"))


def open_tickets(queue: Queue) -> QuerySet[Ticket]:
    return in_calling_order(queue.tickets.filter(status__in=OPEN)).select_related("patient", "room", "visit")


def open_ticket_of_visit(visit, *, queue: Queue | None = None) -> Ticket | None:
    tickets = Ticket.objects.filter(visit=visit, status__in=OPEN).select_related("queue")
    if queue is not None:
        tickets = tickets.filter(queue=queue)
    return tickets.order_by("created_at").first()


def waiting_by_practitioner(*, branch, department) -> dict[UUID | None, int]:
    """How many wait today for each practitioner of a department; None counts the queue without a practitioner."""
    rows = (
        Ticket.objects.filter(
            queue__branch=branch, queue__department=department, queue__date=today(), status=TicketStatus.WAITING
        )
        .values_list("queue__practitioner")
        .annotate(Count("pk"))
    )
    return dict(rows)
