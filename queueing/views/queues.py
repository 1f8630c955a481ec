"""What staff see of the queues, and what they do with tickets there."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from core.errors import DomainError
from core.forms import Form, add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from queueing import queries
from queueing.access import veiled
from queueing.forms import PriorityForm, ReasonForm, RoomForm, TransferForm
from queueing.models import Ticket
from queueing.rooms import choose_room, current_room, rooms_for
from queueing.services import tickets


@requires("queue:view")
def queue_list(request: HttpRequest) -> HttpResponse:
    branch = request.workplace.branch
    queues = queries.todays_queues(queries.visible_queues(request.user).filter(branch=branch))
    page = paginate(request, queues, per_page=50)
    queries.counted(page)
    return render_page(request, "queueing/queue/list.html", {"page": page})


@requires("queue:view")
def queue_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    queue = get_object_or_404(queries.visible_queues(request.user), pk=pk)
    page = paginate(request, queries.open_tickets(queue), per_page=50)
    veiled(page, request.user)
    context = {
        "queue": queue,
        "page": page,
        "room": current_room(request),
        "rooms": rooms_for(queue.branch),
        # where patients are seen by a doctor, seeing them begins and ends on the encounter's page
        "serves_here": not queue.department.receives_patients,
        "may_call": queries.callable_queues(request.user).filter(pk=pk).exists() and request.user.may("queue:call"),
    }
    return render_page(request, "queueing/queue/detail.html", context)


@requires("queue:view")
def ticket_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    [ticket] = veiled([get_object_or_404(queries.visible_tickets(request.user), pk=pk)], request.user)
    context = {
        "ticket": ticket,
        "moves": ticket.moves.select_related("room"),
        "may_manage": request.user.may("queue:manage"),
        "may_skip": ticket.can_skip and request.user.may("queue:call"),
        "priority_form": PriorityForm(initial={"priority": ticket.priority}, auto_id="priority_%s"),
        "transfer_form": TransferForm(branch=ticket.queue.branch, auto_id="transfer_%s"),
    }
    return render(request, "queueing/ticket/detail.html", context)


@requires("queue:call")
@require_POST
@exactly_once
def queue_call_next(request: HttpRequest, pk: UUID) -> HttpResponse:
    queue = get_object_or_404(queries.callable_queues(request.user), pk=pk)
    if tickets.call_next(queue=queue, room=current_room(request), by=request.user) is None:
        messages.info(request, _("Nobody is waiting in this queue."))
    return redirect("queueing:queue-detail", queue.pk)


def _callable_ticket(request: HttpRequest, pk: UUID) -> Ticket:
    """A ticket of a queue that this user may call from; any other does not exist for these acts."""
    tickets_seen = queries.visible_tickets(request.user)
    return get_object_or_404(tickets_seen.filter(queue__in=queries.callable_queues(request.user)), pk=pk)


def _to_queue(queue_id: UUID) -> HttpResponse:
    return redirect("queueing:queue-detail", queue_id)


@requires("queue:call")
@require_POST
@exactly_once
def ticket_call(request: HttpRequest, pk: UUID) -> HttpResponse:
    ticket = _callable_ticket(request, pk)
    tickets.call_ticket(ticket=ticket, room=current_room(request), by=request.user)
    return _to_queue(ticket.queue_id)


@requires("queue:call")
@require_POST
@exactly_once
def ticket_recall(request: HttpRequest, pk: UUID) -> HttpResponse:
    ticket = _callable_ticket(request, pk)
    tickets.recall(ticket=ticket, by=request.user)
    return _to_queue(ticket.queue_id)


@requires("queue:call")
@require_POST
@exactly_once
def ticket_start(request: HttpRequest, pk: UUID) -> HttpResponse:
    ticket = _callable_ticket(request, pk)
    tickets.start(ticket=ticket, by=request.user)
    return _to_queue(ticket.queue_id)


@requires("queue:call")
@require_POST
@exactly_once
def ticket_finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    ticket = _callable_ticket(request, pk)
    tickets.finish(ticket=ticket, by=request.user)
    return _to_queue(ticket.queue_id)


@requires("queue:call")
@require_POST
@exactly_once
def ticket_no_show(request: HttpRequest, pk: UUID) -> HttpResponse:
    ticket = _callable_ticket(request, pk)
    tickets.no_show(ticket=ticket, by=request.user)
    return _to_queue(ticket.queue_id)


@requires("queue:call")
@require_POST
@exactly_once
def ticket_skip(request: HttpRequest, pk: UUID) -> HttpResponse:
    ticket, form = _callable_ticket(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _refused(request, form, ticket)
    tickets.skip(ticket=ticket, reason=form.cleaned_data["reason"], by=request.user)
    return _to_queue(ticket.queue_id)


@requires("queue:view")
@require_POST
@exactly_once
def ticket_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A skipped patient is back; whoever sees it may put the ticket at the end of the line."""
    ticket = get_object_or_404(queries.visible_tickets(request.user), pk=pk)
    tickets.return_to_queue(ticket=ticket, by=request.user)
    return _to_queue(ticket.queue_id)


@requires("queue:manage")
@require_POST
@exactly_once
def ticket_prioritise(request: HttpRequest, pk: UUID) -> HttpResponse:
    ticket = get_object_or_404(queries.visible_tickets(request.user), pk=pk)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        return _refused(request, form, ticket)
    tickets.set_priority(ticket=ticket, by=request.user, **form.cleaned_data)
    return _to_queue(ticket.queue_id)


@requires("queue:manage")
@require_POST
@exactly_once
def ticket_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    ticket = get_object_or_404(queries.visible_tickets(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _refused(request, form, ticket)
    tickets.cancel_ticket(ticket=ticket, reason=form.cleaned_data["reason"], by=request.user)
    return _to_queue(ticket.queue_id)


@requires("queue:manage")
@require_POST
@exactly_once
def ticket_transfer(request: HttpRequest, pk: UUID) -> HttpResponse:
    ticket = get_object_or_404(queries.visible_tickets(request.user), pk=pk)
    form = TransferForm(request.POST, branch=ticket.queue.branch)
    if form.is_valid():
        try:
            new = tickets.transfer(ticket=ticket, by=request.user, **form.cleaned_data)
            return redirect("queueing:ticket-detail", new.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _refused(request, form, ticket)


def _refused(request: HttpRequest, form: Form, ticket: Ticket) -> HttpResponse:
    return render(request, "queueing/ticket/refused.html", {"form": form, "ticket": ticket}, status=422)


@requires("queue:view")
@require_POST
@exactly_once
def room_choose(request: HttpRequest) -> HttpResponse:
    """Remember into which room this person calls, and go back to where it was chosen."""
    form = RoomForm(request.POST, user=request.user, branch=request.workplace.branch)
    if not form.is_valid():
        return render(request, "queueing/queue/room.html", {"form": form}, status=422)
    choose_room(request, form.cleaned_data["room"])
    queue = form.cleaned_data["queue"]
    if queue:
        return _to_queue(queue.pk)
    return redirect("clinical:worklist" if request.user.may("encounter:conduct") else "queueing:queue-list")
