"""What waits at the cash desk, and what one visit costs."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from audit.services import record_reading
from billing.forms import SearchForm
from billing.models import Charge
from billing.queries.catalogue import latest_rate
from billing.queries.deposits import held_for
from billing.queries.worklist import (
    money_status,
    running_shift,
    to_collect,
    visible_invoices,
    visible_visits,
    visits_to_collect,
)
from billing.services.charges import waive
from billing.services.invoices import draft_invoice
from core.asking import asked, asks
from core.htmx import render_page, wants_fragment
from core.once import exactly_once
from core.paging import paginate
from patients.banner import banner_of


@requires("invoice:view")
@asks()
def worklist(request: HttpRequest) -> HttpResponse:
    form = SearchForm(asked(request))
    text = asked(request).get("q", "")[:80]
    page = paginate(request, visits_to_collect(request.user, text=text, branch=request.workplace.branch))
    context = {
        "form": form,
        "page": page,
        "rows": to_collect(page),
        "shift": running_shift(request.user) if request.user.may("shift:operate") else None,
        "rate": latest_rate(),
    }
    return render_page(request, "billing/worklist/list.html", context)


@requires("charge:view")
def visit_bill(request: HttpRequest, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    record_reading(visit.patient_id, "billing.visit")
    context = {
        "visit": visit,
        "banner": banner_of(visit.patient),
        "money": money_status(visit),
        "held": held_for(visit.patient_id, visit.patient.family_id),
        "invoices": visible_invoices(request.user).filter(visit=visit),
    }
    return render(request, "billing/visit/detail.html", context)


@requires("charge:view")
def visit_panel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The panel other pages show of a visit's bill, painted anew after something there was charged."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    if not wants_fragment(request):
        return redirect("billing:visit-bill", visit.pk)
    return render(request, "billing/_panel.html", {"visit": visit, "money": money_status(visit)})


@requires("invoice:issue")
@require_POST
@exactly_once
def visit_collect(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Gather what is pending into the visit's draft."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    return redirect("billing:invoice-detail", draft_invoice(visit=visit, by=request.user).pk)


@requires("charge:waive")
@require_POST
@exactly_once
def charge_waive(request: HttpRequest, pk: UUID) -> HttpResponse:
    charge = get_object_or_404(Charge.objects.filter(visit__in=visible_visits(request.user)), pk=pk)
    waive(charge=charge, reason=request.POST.get("reason", "")[:200], by=request.user)
    return redirect("billing:visit-bill", charge.visit_id)
