"""Write-offs of debts: asked for, decided by somebody else, taken back when somebody pays after all."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_reading
from billing.models import WriteOff
from billing.queries.worklist import visible_invoices
from billing.queries.write_offs import visible_write_offs, waiting_write_offs
from billing.services import write_offs
from billing.states import WriteOffStatus
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from patients.banner import banner_of


@requires("invoice:view")
def write_off_list(request: HttpRequest) -> HttpResponse:
    """What waits for this person, or all write-offs of a status."""
    status = request.GET.get("status", "")
    found = visible_write_offs(request.user) if status else waiting_write_offs(request.user)
    found = found.filter(status=status) if status in WriteOffStatus.values else found
    context = {"page": paginate(request, found), "status": status, "statuses": WriteOffStatus.choices}
    return render_page(request, "billing/write_off/list.html", context)


@requires("write_off:request")
@require_POST
@exactly_once
def write_off_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask to give up what an invoice still owes."""
    invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
    reason = request.POST.get("reason", "")[:200]
    asked = write_offs.request_write_off(invoice=invoice, reason=reason, by=request.user)
    messages.success(request, _("It waits for somebody else's approval."))
    return redirect("billing:write-off-detail", asked.pk)


@requires("invoice:view")
def write_off_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    write_off = _write_off(request, pk)
    invoice = write_off.invoice
    record_reading(invoice.patient_id, "billing.write_off")
    context = {
        "write_off": write_off,
        "invoice": invoice,
        "banner": banner_of(invoice.patient),
        "is_own": write_off.requested_by_id == request.user.pk,
        "is_outdated": write_off.can_decide and (not invoice.is_owing or invoice.balance != write_off.amount),
    }
    return render(request, "billing/write_off/detail.html", context)


@requires("write_off:approve")
@requires_step_up
@require_POST
@exactly_once
def write_off_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    write_offs.approve_write_off(write_off=_write_off(request, pk), by=request.user)
    return redirect("billing:write-off-detail", pk)


@requires("write_off:approve")
@require_POST
@exactly_once
def write_off_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    write_offs.decline_write_off(write_off=_write_off(request, pk), reason=reason, by=request.user)
    return redirect("billing:write-off-detail", pk)


@requires("write_off:request")
@require_POST
@exactly_once
def write_off_reverse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody pays after all: the invoice owes again, and payment goes on from it."""
    reason = request.POST.get("reason", "")[:200]
    write_off = write_offs.reverse_write_off(write_off=_write_off(request, pk), reason=reason, by=request.user)
    return redirect("billing:invoice-detail", write_off.invoice_id)


def _write_off(request: HttpRequest, pk: UUID) -> WriteOff:
    return get_object_or_404(visible_write_offs(request.user), pk=pk)
