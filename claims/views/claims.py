"""Claims: made from invoices, completed, answered, appealed, withdrawn."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_export, record_reading
from billing.models import PayerShare
from claims.forms import AnswerForm, AppealForm, ClaimSearchForm, DispositionForm, PaperForm, ReturnForm
from claims.models import Claim
from claims.queries import (
    AGES,
    ageing,
    search_claims,
    to_claim,
    visible_claims,
    visible_dispositions,
    write_offs_to_decide,
)
from claims.services import answers, claims, dispositions, remittances
from claims.services.enclosures import authorisations_of
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.money import Money
from core.once import exactly_once
from core.paging import paginate
from core.tables import csv_response, csv_table
from patients.banner import banner_of
from patients.consents import may_share
from patients.states import ConsentPurpose


@requires("claim:view")
@asks("status", "payer")
def claim_list(request: HttpRequest) -> HttpResponse:
    form = ClaimSearchForm(asked(request))
    form.full_clean()
    found = search_claims(
        request.user,
        status=form.cleaned_data.get("status", ""),
        payer=asked(request).get("payer", ""),
        number=form.cleaned_data.get("number", ""),
    )
    return render_page(request, "claims/claim/list.html", {"form": form, "page": paginate(request, found)})


@requires("claim:prepare")
@require_GET
def claim_waiting(request: HttpRequest) -> HttpResponse:
    """Issued invoices whose payer was not asked yet."""
    return render_page(request, "claims/claim/waiting.html", {"page": paginate(request, to_claim(request.user))})


@requires("claim:prepare")
@require_POST
@exactly_once
def claim_make(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`pk` is the invoice's."""
    share = get_object_or_404(to_claim(request.user), invoice=pk)
    return redirect("claims:claim-detail", claims.make_claim(invoice=share.invoice, by=request.user).pk)


@requires("claim:view")
def claim_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    claim = _claim(request, pk)
    record_reading(claim.patient_id, "claims.claim")
    return _page(request, claim)


@requires("claim:prepare")
@require_POST
@exactly_once
def claim_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    claims.withdraw_claim(claim=_claim(request, pk), reason=reason, by=request.user)
    return redirect("claims:claim-detail", pk)


@requires("claim:prepare")
@require_POST
@exactly_once
def claim_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    claim = _claim(request, pk)
    form = PaperForm(request.POST, claim=claim)
    if form.is_valid():
        try:
            claims.add_paper(claim=claim, document=form.cleaned_data["document"], by=request.user)
            return redirect("claims:claim-detail", pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, claim, paper_form=form)


@requires("remittance:post")
@require_POST
@exactly_once
def claim_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what the payer answered, line by line."""
    claim = _claim(request, pk)
    form = AnswerForm(request.POST, claim=claim)
    if form.is_valid():
        try:
            answers.record_answer(
                claim=claim, refused=form.refused(), reference=form.cleaned_data["reference"], by=request.user
            )
            return redirect("claims:claim-detail", pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, claim, answer_form=form)


@requires("claim:prepare")
@require_POST
@exactly_once
def claim_appeal(request: HttpRequest, pk: UUID) -> HttpResponse:
    claim, form = _claim(request, pk), AppealForm(request.POST)
    if form.is_valid():
        try:
            answers.appeal(claim=claim, reason=form.cleaned_data["reason"], by=request.user)
            return redirect("claims:claim-detail", pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, claim, appeal_form=form)


@requires("claim:prepare")
@require_POST
@exactly_once
def claim_dispose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pass a refused amount on to the patient, or ask for its write-off."""
    claim, form = _claim(request, pk), DispositionForm(request.POST)
    if form.is_valid():
        try:
            made = dispositions.dispose(claim=claim, by=request.user, **form.cleaned_data)
            if made.can_decide:
                messages.success(request, _("The write-off waits for somebody else's approval."))
            return redirect("claims:claim-detail", pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, claim, disposition_form=form)


@requires("remittance:post")
@requires_step_up
@require_POST
@exactly_once
def claim_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Book what was paid back to the payer for a later credit note."""
    claim = _claim(request, pk)
    form = ReturnForm(request.POST, left=_left_to_return(claim))
    if form.is_valid():
        try:
            made = remittances.pay_back(claim=claim, by=request.user, **form.cleaned_data)
            return redirect("claims:remittance-detail", made.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, claim, return_form=form)


@requires("claim:approve")
@require_GET
def write_off_list(request: HttpRequest) -> HttpResponse:
    page = paginate(request, write_offs_to_decide(request.user))
    return render_page(request, "claims/claim/write_offs.html", {"page": page})


@requires("claim:approve")
@requires_step_up
@require_POST
@exactly_once
def write_off_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    waiting = get_object_or_404(visible_dispositions(request.user), pk=pk)
    dispositions.approve_write_off(disposition=waiting, by=request.user)
    return redirect("claims:claim-detail", waiting.claim_id)


@requires("claim:approve")
@require_POST
@exactly_once
def write_off_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    waiting = get_object_or_404(visible_dispositions(request.user), pk=pk)
    dispositions.decline_write_off(disposition=waiting, by=request.user)
    return redirect("claims:claim-detail", waiting.claim_id)


@requires("claim:view")
@require_GET
def ageing_show(request: HttpRequest) -> HttpResponse:
    """What payers owe, by age."""
    return render(request, "claims/ageing/list.html", {"rows": ageing()})


@requires("claim:view")
@requires_step_up
@require_GET
def ageing_file(request: HttpRequest) -> HttpResponse:
    record_export("claims:ageing", subject="billing_payershare")
    names = [f"{first}-{last}" if last else f"{first}+" for first, last in AGES]
    rows = [(one.payer.code, one.payer.name, one.currency, *one.sums, one.total) for one in ageing()]
    return csv_response(csv_table(("payer", "name", "currency", *names, "total"), rows), "payers-ageing.csv")


def _claim(request: HttpRequest, pk: UUID) -> Claim:
    return get_object_or_404(visible_claims(request.user), pk=pk)


def _left_to_return(claim: Claim) -> Money:
    share = PayerShare.objects.filter(invoice=claim.invoice_id).first()
    return share.left_to_return if share else Money(Decimal(0), claim.currency)


def _page(request: HttpRequest, claim: Claim, **forms: Any) -> HttpResponse:
    left = _left_to_return(claim)
    context: dict[str, Any] = {
        "claim": claim,
        "banner": banner_of(claim.patient),
        "lines": claim.lines.select_related("denial"),
        "moves": claim.moves.select_related("by"),
        "papers": claim.papers.select_related("document"),
        "shared": may_share(claim.patient, ConsentPurpose.SHARE_INSURER),
        "authorisations": authorisations_of([claim])[claim.pk],
        "dispositions": claim.dispositions.select_related("requested_by", "decided_by"),
        "remittances": claim.remittance_lines.select_related("remittance", "denial"),
        "transmissions": claim.transmissions.all(),
        "appeals": claim.appeals.select_related("made_by"),
        "paper_form": PaperForm(claim=claim) if claim.is_draft else None,
        "answer_form": AnswerForm(claim=claim) if claim.can_answer else None,
        "appeal_form": AppealForm(),
        "left_to_return": left,
        "return_form": ReturnForm(left=left) if left else None,
        "disposition_form": DispositionForm(initial={"amount": claim.refused_left}),
        **forms,
    }
    return render(request, "claims/claim/detail.html", context, status=422 if forms else 200)
