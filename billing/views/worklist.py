"""What waits at the cash desk, and what one visit costs."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from audit.services import record_reading
from billing.explaining import charge_in_words
from billing.explaining_lines import line_in_words
from billing.forms import SearchForm
from billing.forms_packages import SellForm
from billing.models import Charge, InvoiceLine, Package
from billing.queries.catalogue import charged_by_time, latest_rate
from billing.queries.deposits import held_for
from billing.queries.packages import covers_of, returnable
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
from patients.models import Visit


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
    return show_bill(request, visit)


def show_bill(request: HttpRequest, visit: Visit, sell: SellForm | None = None) -> HttpResponse:
    """The bill of a visit; with `sell` a package that could not be sold to it, and why."""
    may = request.user.may
    if sell is None and may("package:sell") and Package.objects.exists():
        sell = SellForm()
    context = {
        "visit": visit,
        "banner": banner_of(visit.patient),
        "money": money_status(visit),
        "held": held_for(visit.patient_id, visit.patient.family_id),
        "invoices": visible_invoices(request.user).filter(visit=visit),
        "covers": covers_of(visit.patient_id),
        "returnable": returnable(visit) if may("package:return") else (),
        "sell": sell,
        "by_time": may("charge:time") and charged_by_time().exists(),
    }
    return render(request, "billing/visit/detail.html", context, status=422 if sell and sell.is_bound else 200)


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


@requires("charge:view")
def charge_explain(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How a charge and its line on the newest invoice came about: opened under the line, or as a page of its own."""
    charges = Charge.objects.select_related("patient", "visit", "charged_by")
    in_sight = Q(visit__in=visible_visits(request.user).order_by().values("pk"))
    billed = InvoiceLine.objects.filter(invoice__in=visible_invoices(request.user).order_by().values("pk"))
    charge = get_object_or_404(charges.filter(in_sight | Q(pk__in=billed.order_by().values("charge"))), pk=pk)
    record_reading(charge.patient_id, "billing.charge")
    terms = ("discount_by", "discount_approved_by", "fund", "coverage__contract__payer")
    line = charge.lines.filter(live=True).select_related(*(f"invoice__{one}" for one in terms)).first()
    steps = charge_in_words(charge) + (line_in_words(line, line.invoice) if line else [])
    context = {"charge": charge, "line": line, "steps": steps, "banner": banner_of(charge.patient)}
    return render_page(request, "billing/charge/explain.html", context, fragment="steps")


@requires("charge:waive")
@require_POST
@exactly_once
def charge_waive(request: HttpRequest, pk: UUID) -> HttpResponse:
    charge = get_object_or_404(Charge.objects.filter(visit__in=visible_visits(request.user)), pk=pk)
    waive(charge=charge, reason=request.POST.get("reason", "")[:200], by=request.user)
    return redirect("billing:visit-bill", charge.visit_id)
