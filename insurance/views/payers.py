"""Payers and their contracts, which the hospital edits."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from insurance.forms import CaseRateForm, ContractForm, PayerForm, RuleForm
from insurance.models import CaseRate, Contract, ContractRule, Payer
from insurance.queries import case_rates, contracts, payers
from insurance.services import contracts as terms


@requires("payer:view")
@require_GET
def payer_list(request: HttpRequest) -> HttpResponse:
    by_payer: dict[UUID, list[Contract]] = {}
    for contract in contracts():
        by_payer.setdefault(contract.payer_id, []).append(contract)
    rows = [(payer, by_payer.get(payer.pk, [])) for payer in payers()]
    return render(request, "insurance/payer/list.html", {"rows": rows})


@requires("payer:edit")
@exactly_once
def payer_new(request: HttpRequest) -> HttpResponse:
    form = PayerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        terms.add_payer(by=request.user, **form.details())
        return redirect("insurance:payer-list")
    return _form(request, form, "insurance/payer/form.html")


@requires("payer:edit")
@exactly_once
def payer_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    payer = get_object_or_404(Payer, pk=pk)
    version = payer.version
    form = PayerForm(request.POST or None, instance=payer)
    if request.method == "POST" and form.is_valid():
        try:
            terms.change_payer(payer=payer, version=version, by=request.user, **form.details())
            return redirect("insurance:payer-list")
        except DomainError as error:
            add_domain_error(form, error)
    return _form(request, form, "insurance/payer/form.html", payer=payer)


@requires("payer:edit")
@exactly_once
def contract_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    payer = get_object_or_404(Payer, pk=pk)
    form = ContractForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        contract = terms.add_contract(payer=payer, by=request.user, **form.details())
        return redirect("insurance:contract-detail", contract.pk)
    return _form(request, form, "insurance/contract/form.html", payer=payer)


@requires("payer:view")
@require_GET
def contract_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _contract(request, get_object_or_404(contracts(), pk=pk), RuleForm())


@requires("payer:edit")
@exactly_once
def contract_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    contract = get_object_or_404(contracts(), pk=pk)
    version = contract.version
    form = ContractForm(request.POST or None, instance=contract)
    if request.method == "POST" and form.is_valid():
        try:
            terms.change_contract(contract=contract, version=version, by=request.user, **form.details())
            return redirect("insurance:contract-detail", contract.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _form(request, form, "insurance/contract/form.html", payer=contract.payer, contract=contract)


@requires("payer:edit")
@require_POST
@exactly_once
def rule_set(request: HttpRequest, pk: UUID) -> HttpResponse:
    contract, form = get_object_or_404(contracts(), pk=pk), RuleForm(request.POST)
    if form.is_valid():
        terms.set_rule(contract=contract, by=request.user, **form.details())
        return redirect("insurance:contract-detail", contract.pk)
    return _contract(request, contract, form)


@requires("payer:edit")
@require_POST
@exactly_once
def rule_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    rule = get_object_or_404(ContractRule, pk=pk)
    terms.remove_rule(rule=rule, by=request.user)
    return redirect("insurance:contract-detail", rule.contract_id)


@requires("payer:edit")
@exactly_once
def case_rate_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    contract = get_object_or_404(contracts(), pk=pk)
    form = CaseRateForm(request.POST or None, instance=CaseRate(contract=contract))
    if request.method == "POST" and form.is_valid():
        terms.add_case_rate(contract=contract, by=request.user, **form.details())
        return redirect("insurance:contract-detail", contract.pk)
    return _form(request, form, "insurance/contract/case_rate.html", contract=contract)


@requires("payer:edit")
@exactly_once
def case_rate_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    rate = get_object_or_404(CaseRate.objects.select_related("contract"), pk=pk)
    version = rate.version
    form = CaseRateForm(request.POST or None, instance=rate)
    if request.method == "POST" and form.is_valid():
        try:
            terms.change_case_rate(rate=rate, version=version, by=request.user, **form.details())
            return redirect("insurance:contract-detail", rate.contract_id)
        except DomainError as error:
            add_domain_error(form, error)
    return _form(request, form, "insurance/contract/case_rate.html", contract=rate.contract)


def _contract(request: HttpRequest, contract: Contract, form: RuleForm) -> HttpResponse:
    context = {
        "contract": contract,
        "rules": [_belongs(rule, contract) for rule in contract.rules.all()],
        "rates": case_rates(contract),
        "form": form,
    }
    return render(request, "insurance/contract/detail.html", context, status=422 if form.is_bound else 200)


def _belongs(rule: ContractRule, contract: Contract) -> ContractRule:
    rule.contract = contract  # no query for the currency of its amount
    return rule


def _form(request: HttpRequest, form: Any, template: str, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)
