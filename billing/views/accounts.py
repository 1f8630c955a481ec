"""The chart of accounts: what stands on each account, what was posted to it, and how the hospital names it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import requires
from billing.forms_ledger import AccountForm, PeriodForm
from billing.models import Account
from billing.queries.books import standings, statement
from billing.services.books import name_account
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.preferences import preference


@requires("journal:view")
def account_list(request: HttpRequest) -> HttpResponse:
    context = {"standings": standings(), "base": preference("billing.base_currency")}
    return render(request, "billing/account/list.html", context)


@requires("journal:view")
def account_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was posted to the account in some days, and what stood on it before."""
    account = get_object_or_404(Account, pk=pk)
    form = PeriodForm(request.GET)
    form.full_clean()
    days = {name: form.cleaned_data.get(name) for name in ("since", "until")}
    context = {
        "account": account,
        "form": form,
        "page": paginate(request, statement(account, **days)),
        "before": standings(account=account, before=days["since"])[0] if days["since"] else None,
        "standing": standings(account=account)[0],
        "base": preference("billing.base_currency"),
    }
    return render_page(request, "billing/account/detail.html", context)


@requires("account:edit")
@exactly_once
def account_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    account = get_object_or_404(Account, pk=pk)
    form = AccountForm(request.POST or None, initial=AccountForm.of(account))
    if request.method == "POST" and form.is_valid():
        try:
            name_account(account=account, code=form.cleaned_data["code"], names=form.names())
            return redirect("billing:account-detail", account.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "account": account}
    return render(request, "billing/account/form.html", context, status=422 if form.is_bound else 200)
