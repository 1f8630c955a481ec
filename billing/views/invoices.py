"""An invoice from draft to paid."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from audit.services import record_reading
from billing.errors import PromotionUsedUp
from billing.forms import DiscountForm, InvoiceSearchForm
from billing.models import Charge, Invoice
from billing.pricing import suggest_exact
from billing.queries.bills import lines_of, payments_of, pending_off_invoices, taxes_in
from billing.queries.concessions import concessions_of
from billing.queries.debts import parts_of, plan_of
from billing.queries.worklist import running_shift, search_invoices, visible_invoices
from billing.queries.write_offs import write_offs_of
from billing.services import invoices
from billing.views.papers import card_of
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from insurance.errors import CoverageEnded
from patients.banner import banner_of


@requires("invoice:view")
@asks("status")
def invoice_list(request: HttpRequest) -> HttpResponse:
    form = InvoiceSearchForm(asked(request))
    form.full_clean()
    found = search_invoices(
        request.user, text=form.cleaned_data.get("q", ""), status=form.cleaned_data.get("status", "")
    )
    return render_page(request, "billing/invoice/list.html", {"form": form, "page": paginate(request, found)})


@requires("invoice:view")
def invoice_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    invoice = _invoice(request, pk)
    record_reading(invoice.patient_id, "billing.invoice")
    lines = lines_of(invoice)
    plan = plan_of(invoice) if invoice.is_owing or invoice.is_paid else None
    context = {
        "invoice": invoice,
        "banner": banner_of(invoice.patient),
        "lines": lines,
        "taxes": taxes_in(lines),
        "plan": plan,
        "parts": parts_of(plan, invoice) if plan else (),
        "payments": payments_of(invoice),
        "credits": invoice.credit_notes.select_related("requested_by") if invoice.paid or invoice.covered else (),
        "card": None if invoice.is_draft else card_of("invoice", invoice),
        "write_offs": () if invoice.is_draft else write_offs_of(invoice),
        "concessions": concessions_of(invoice) if invoice.is_draft or invoice.fund_id else (),
        "left_off": pending_off_invoices(invoice.visit_id) if invoice.is_draft else (),
        "ended": invoice.coverage if invoice.is_draft and _ended(invoice) else None,
        "exact": suggest_exact(invoice.due_money, invoice.rate) if invoice.is_owing else None,
        "shift": running_shift(request.user) if request.user.may("payment:take") else None,
    }
    return render(request, "billing/invoice/detail.html", context)


@requires("invoice:issue")
@require_POST
@exactly_once
def invoice_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    version = request.POST.get("version", "")
    try:
        invoice = invoices.issue_invoice(
            invoice=_invoice(request, pk), by=request.user, version=int(version) if version.isdecimal() else None
        )
    except (PromotionUsedUp, CoverageEnded) as error:
        invoices.refresh_draft(invoice=_invoice(request, pk), by=request.user)
        messages.warning(request, str(error))
        return redirect("billing:invoice-detail", pk)
    if invoice.is_owing and request.user.may("payment:take") and running_shift(request.user):
        return redirect("billing:payment-new", invoice.pk)
    return redirect("billing:invoice-detail", invoice.pk)


@requires("invoice:void")
@require_POST
@exactly_once
def invoice_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    invoice = invoices.void_invoice(invoice=_invoice(request, pk), reason=reason, by=request.user)
    return redirect("billing:invoice-detail", invoice.pk)


@requires("invoice:issue")
@require_POST
@exactly_once
def charge_add(request: HttpRequest, pk: UUID, charge_pk: UUID) -> HttpResponse:
    invoice = _invoice(request, pk)
    charge = get_object_or_404(Charge, pk=charge_pk, visit_id=invoice.visit_id)
    invoices.add_charge(invoice=invoice, charge=charge, by=request.user)
    return redirect("billing:invoice-detail", invoice.pk)


@requires("invoice:issue")
@require_POST
@exactly_once
def charge_remove(request: HttpRequest, pk: UUID, charge_pk: UUID) -> HttpResponse:
    invoice = _invoice(request, pk)
    charge = get_object_or_404(Charge, pk=charge_pk, visit_id=invoice.visit_id)
    invoices.remove_charge(invoice=invoice, charge=charge, by=request.user)
    return redirect("billing:invoice-detail", invoice.pk)


@requires("discount:override")
@exactly_once
def discount_override(request: HttpRequest, pk: UUID) -> HttpResponse:
    invoice = _invoice(request, pk)
    form = DiscountForm(request.POST or None, initial={"percent": invoice.discount_percent})
    if request.method == "POST" and form.is_valid():
        try:
            invoices.override_discount(
                invoice=invoice,
                rate=form.cleaned_data["percent"] / Decimal(100),
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
            return redirect("billing:invoice-detail", invoice.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "invoice": invoice}
    return render(request, "billing/invoice/discount.html", context, status=422 if form.is_bound else 200)


@requires("discount:override")
@require_POST
@exactly_once
def discount_clear(request: HttpRequest, pk: UUID) -> HttpResponse:
    invoice = invoices.clear_override(invoice=_invoice(request, pk), by=request.user)
    return redirect("billing:invoice-detail", invoice.pk)


def _ended(invoice: Invoice) -> bool:
    """Whether the coverage of the visit does not hold on its day."""
    return invoice.coverage is not None and invoice.visit.date not in invoice.coverage.days


def _invoice(request: HttpRequest, pk: UUID) -> Invoice:
    found: QuerySet[Invoice] = visible_invoices(request.user)
    return get_object_or_404(found, pk=pk)
