"""Funds that pay for the poor: what they hold, and the grants that fill them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from billing.forms_concessions import FundForm, GrantForm
from billing.models import Fund, FundGrant
from billing.queries.concessions import grants_of
from billing.services import funds
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.paging import paginate


@requires("fund:view")
def fund_list(request: HttpRequest) -> HttpResponse:
    return render(request, "billing/fund/list.html", {"funds": Fund.objects.order_by("code")})


@requires("fund:manage")
@exactly_once
def fund_new(request: HttpRequest) -> HttpResponse:
    form = FundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            fund = funds.open_fund(code=data["code"], names=form.names(), currency=data["currency"], by=request.user)
            return redirect("billing:fund-detail", fund.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return render(request, "billing/fund/form.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("fund:view")
def fund_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Fund, pk=pk), GrantForm())


@requires("fund:manage")
@require_POST
@exactly_once
def grant_enter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Money that came in; somebody else confirms it."""
    fund, form = get_object_or_404(Fund, pk=pk), GrantForm(request.POST)
    if form.is_valid():
        try:
            funds.enter_grant(fund=fund, by=request.user, **form.cleaned_data)
            return redirect("billing:fund-detail", fund.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, fund, form)


@requires("fund:manage")
@requires_step_up
@require_POST
@exactly_once
def grant_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    grant = get_object_or_404(FundGrant, pk=pk)
    funds.confirm_grant(grant=grant, branch=request.workplace.branch, by=request.user)
    return redirect("billing:fund-detail", grant.fund_id)


@requires("fund:manage")
@require_POST
@exactly_once
def grant_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    grant = get_object_or_404(FundGrant, pk=pk)
    funds.decline_grant(grant=grant, reason=request.POST.get("reason", "")[:200], by=request.user)
    return redirect("billing:fund-detail", grant.fund_id)


def _page(request: HttpRequest, fund: Fund, form: GrantForm) -> HttpResponse:
    context = {
        "fund": fund,
        "promised": funds.promised(fund),
        "page": paginate(request, grants_of(fund)),
        "form": form,
    }
    return render(request, "billing/fund/detail.html", context, status=422 if form.is_bound else 200)
