"""Value added tax: what the hospital charges, and for whom an invoice is made out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from billing.forms_taxes import BuyerForm, VatForm
from billing.queries.worklist import visible_invoices
from billing.services.buyers import set_buyer
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once


@requires("tax:edit")
@requires_step_up
@exactly_once
def vat_rules(request: HttpRequest) -> HttpResponse:
    """Whether prices include VAT, and how much of it by category."""
    form = VatForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.store(by=request.user):
        messages.success(request, _("The rules were changed."))
        return redirect("billing:price-list")
    context = {"form": form, "tax_number": request.hospital.tax_number}
    return render(request, "billing/price/vat.html", context, status=422 if form.is_bound else 200)


@requires("invoice:issue")
@exactly_once
def buyer_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For whom a draft is made out."""
    invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
    form = BuyerForm(request.POST or None, initial={"buyer": invoice.buyer, "tax_number": invoice.buyer_tax_number})
    if request.method == "POST" and form.is_valid():
        try:
            set_buyer(invoice=invoice, by=request.user, **form.cleaned_data)
            return redirect("billing:invoice-detail", invoice.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "invoice": invoice}
    return render(request, "billing/invoice/buyer.html", context, status=422 if form.is_bound else 200)
