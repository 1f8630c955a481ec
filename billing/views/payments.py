"""Taking money and printing receipts."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import requires
from billing.forms import PaymentForm
from billing.models import Invoice
from billing.pricing import Settlement, suggest_exact
from billing.queries.deposits import held_for
from billing.queries.worklist import running_shift, visible_invoices
from billing.services.payments import preview_payment, take_payment
from core.db.lean import showing
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import wants_fragment
from core.money import Money
from core.once import FIELD, exactly_once
from core.preferences import preference


@requires("payment:take")
@exactly_once
def payment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tender. While it is typed, HTMX asks by GET what it would come to; only the POST takes the money."""
    invoices = visible_invoices(request.user)
    if request.method == "POST":
        return _take(request, get_object_or_404(showing(invoices, "id"), pk=pk))
    invoice = get_object_or_404(invoices, pk=pk)
    if wants_fragment(request):
        return _preview(request, invoice)
    if not invoice.is_owing:
        return redirect("billing:invoice-detail", invoice.pk)
    context = _context(request, invoice, PaymentForm(initial={"due": invoice.balance}))
    if "deposit" in request.GET:
        form = context["form"]
        form.initial |= {"deposit_amount": _usable(invoice, context["held"]), "deposit_currency": invoice.currency}
    return render(request, "billing/payment/form.html", context)


def _usable(invoice: Invoice, held: list[Money]) -> Decimal | None:
    """What the deposit in the invoice's own currency can pay of it."""
    return next((min(sum.amount, invoice.balance) for sum in held if sum.currency == invoice.currency), None)


def _take(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    form = PaymentForm(request.POST)
    if form.is_valid():
        try:
            payment = take_payment(
                invoice=invoice,
                tenders=form.tenders(),
                change_in=form.cleaned_data["change_in"] or None,
                key=UUID(request.POST[FIELD]),
                due_seen=form.cleaned_data["due"],
                by=request.user,
            )
            return redirect("billing:payment-detail", payment.pk)
        except DomainError as error:
            add_domain_error(form, error)
    invoice = visible_invoices(request.user).get(pk=invoice.pk)
    typed = request.POST.copy()
    typed["due"] = str(invoice.balance)  # the next attempt is made knowing what is due now
    form.data = typed
    return render(request, "billing/payment/form.html", _context(request, invoice, form), status=422)


def _preview(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    form = PaymentForm(request.GET)
    settlement: Settlement | None = None
    problem = ""
    if form.is_valid() and form.tenders() and invoice.is_owing:
        try:
            settlement = preview_payment(
                invoice=invoice, tenders=form.tenders(), change_in=form.cleaned_data["change_in"] or None
            )
        except DomainError as error:
            problem = str(error)
    context = {**_context(request, invoice, form), "settlement": settlement, "problem": problem}
    return render(request, "billing/payment/form.html#settlement", context)


def _context(request: HttpRequest, invoice: Invoice, form: PaymentForm) -> dict[str, Any]:
    return {
        "invoice": invoice,
        "form": form,
        "held": held_for(invoice.patient_id, invoice.family_id),
        "exact": suggest_exact(invoice.due_money, invoice.rate, preference("billing.cash_rounding_khr")),
        "shift": running_shift(request.user),
    }
