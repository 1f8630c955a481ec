"""Deposits to the bank: prepared, handed over, confirmed by the slip."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from audit.services import record_printing
from cashoffice.forms_deposits import DepositForm, SlipForm
from cashoffice.models import Deposit
from cashoffice.queries.deposits import shifts_to_bank, visible_deposits
from cashoffice.services import deposits
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.pdf import pdf_response
from core.rates import rated


@requires("banking:view")
@require_GET
def deposit_list(request: HttpRequest) -> HttpResponse:
    context = {"page": paginate(request, visible_deposits(request.user))}
    return render_page(request, "cashoffice/deposit/list.html", context)


@requires("banking:make")
@exactly_once
def deposit_new(request: HttpRequest) -> HttpResponse:
    """Bundle the accepted shifts of this branch."""
    branch = request.workplace.branch
    brought = shifts_to_bank(branch)
    form = DepositForm(request.POST or None, brought=brought)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        amounts = {"usd": data["usd"], "khr": data["khr"]}
        try:
            deposit = deposits.prepare_deposit(
                branch=branch, shifts=form.chosen(), note=data["note"], by=request.user, **amounts
            )
            return redirect("cashoffice:banking-detail", deposit.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "brought": brought, "branch": branch}
    return render(request, "cashoffice/deposit/form.html", context, status=422 if form.is_bound else 200)


@requires("banking:view")
@require_GET
def deposit_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _deposit(request, pk), SlipForm())


@requires("banking:make")
@require_POST
@exactly_once
def deposit_hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    deposits.hand_over(deposit=_deposit(request, pk), by=request.user)
    return redirect("cashoffice:banking-detail", pk)


@requires("banking:make")
@require_POST
@exactly_once
def deposit_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    deposit, form = _deposit(request, pk), SlipForm(request.POST)
    if form.is_valid():
        try:
            deposits.confirm_banked(deposit=deposit, slip=form.cleaned_data["slip"], by=request.user)
            return redirect("cashoffice:banking-detail", pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, deposit, form)


@requires("banking:make")
@require_POST
@exactly_once
def deposit_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    deposits.cancel_deposit(deposit=_deposit(request, pk), by=request.user)
    return redirect("cashoffice:banking-detail", pk)


@rated("paper")
@requires("banking:view")
@require_GET
def deposit_print(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The slip that goes with the sealed cash."""
    from cashoffice.printing_days import deposit_pdf  # the PDF engine is large

    deposit = _deposit(request, pk)
    record_printing("cashoffice:banking-print", subject="cashoffice_deposit", row_id=deposit.pk)
    return pdf_response(deposit_pdf(deposit, hospital=request.hospital), f"{deposit.number}.pdf")


def _deposit(request: HttpRequest, pk: UUID) -> Deposit:
    return get_object_or_404(visible_deposits(request.user), pk=pk)


def _page(request: HttpRequest, deposit: Deposit, form: SlipForm) -> HttpResponse:
    context = {
        "deposit": deposit,
        "bundle": deposit.bundle.select_related("shift__cashier", "shift__drawer"),
        "form": form,
        "prepared": deposit.prepared_by_id == request.user.pk,
        "handed": deposit.handed_by_id == request.user.pk,
    }
    return render(request, "cashoffice/deposit/detail.html", context, status=422 if form.is_bound else 200)
