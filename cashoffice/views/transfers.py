"""Transfers between drawers: sent, received, declined, taken back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from billing.queries.worklist import running_shift
from cashoffice.forms_vouchers import TransferForm
from cashoffice.models import Transfer
from cashoffice.queries.transfers import open_transfers, receivers, visible_transfers
from cashoffice.services import transfers
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate


@requires("voucher:view")
@require_GET
def transfer_list(request: HttpRequest) -> HttpResponse:
    status = request.GET.get("status", "")
    found = visible_transfers(request.user) if status else open_transfers(request.user)
    return render_page(request, "cashoffice/transfer/list.html", {"page": paginate(request, found), "status": status})


@requires("transfer:make")
@exactly_once
def transfer_new(request: HttpRequest) -> HttpResponse:
    shift = running_shift(request.user)
    form = TransferForm(request.POST or None, shift=shift)
    if request.method == "POST" and form.is_valid():
        try:
            transfers.send_transfer(**form.cleaned_data, by=request.user)
            return redirect("cashoffice:transfer-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "shift": shift, "others": shift and receivers(shift).exists()}
    return render(request, "cashoffice/transfer/form.html", context, status=422 if form.is_bound else 200)


@requires("transfer:make")
@require_POST
@exactly_once
def transfer_receive(request: HttpRequest, pk: UUID) -> HttpResponse:
    transfers.receive_transfer(transfer=_transfer(request, pk), by=request.user)
    return redirect("cashoffice:transfer-list")


@requires("transfer:make")
@require_POST
@exactly_once
def transfer_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    transfers.decline_transfer(transfer=_transfer(request, pk), reason=reason, by=request.user)
    return redirect("cashoffice:transfer-list")


@requires("transfer:make")
@require_POST
@exactly_once
def transfer_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    transfers.withdraw_transfer(transfer=_transfer(request, pk), by=request.user)
    return redirect("cashoffice:transfer-list")


def _transfer(request: HttpRequest, pk: UUID) -> Transfer:
    return get_object_or_404(visible_transfers(request.user), pk=pk)
