"""Reasons of cash vouchers, each with the account it is posted to."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import requires
from cashoffice.forms_vouchers import ReasonForm
from cashoffice.models import VoucherReason
from cashoffice.services.vouchers import save_reason
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once


@requires("voucher_reason:manage")
@exactly_once
def reason_list(request: HttpRequest) -> HttpResponse:
    """All reasons; the form beside them adds one."""
    return _page(request, None)


@requires("voucher_reason:manage")
@exactly_once
def reason_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(VoucherReason, pk=pk))


def _page(request: HttpRequest, reason: VoucherReason | None) -> HttpResponse:
    form = ReasonForm(request.POST or None, initial=ReasonForm.of(reason) if reason else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_reason(reason=reason, **form.facts(), by=request.user)
            return redirect("cashoffice:reason-list")
        except DomainError as error:
            add_domain_error(form, error)
    reasons = VoucherReason.objects.select_related("account").order_by("direction", "code")
    context: dict[str, Any] = {"form": form, "reason": reason, "reasons": reasons}
    return render(request, "cashoffice/reason/list.html", context, status=422 if form.is_bound else 200)
