"""Receipts not yet explained: the work list, one of them with what it may be, and what was said of it."""

from collections.abc import Collection
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from cashoffice.errors import FeeTooLarge, NoFee
from cashoffice.fees import with_fees
from cashoffice.forms_statements import ClearForm
from cashoffice.models import Clearing
from cashoffice.queries.offers import postings_of
from cashoffice.queries.unknown import UnknownReceipt, clearings_of, receipts_of, visible_unknown
from cashoffice.services import clearings
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate

MOST_SUGGESTED = 30


@requires("statement:view")
@require_GET
def unknown_list(request: HttpRequest) -> HttpResponse:
    """The oldest first; explained ones too when asked for."""
    everything = request.GET.get("show") == "all"
    page = paginate(request, visible_unknown(request.user, everything=everything))
    context = {"page": page, "receipts": receipts_of(list(page)), "everything": everything}
    return render_page(request, "cashoffice/unknown/list.html", context)


@requires("statement:view")
@require_GET
def unknown_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _receipt(request, pk))


@requires("statement:match")
@require_POST
@exactly_once
def unknown_clear(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receipt is the chosen postings: one, or several that were paid together."""
    receipt = _receipt(request, pk)
    known = {str(one.pk): one for one, _likeness in clearings.explanations(receipt)}
    chosen, form = known.keys() & set(request.POST.getlist("posting")), ClearForm(request.POST)
    if not chosen or not form.is_valid():
        return _page(request, receipt, form=form, problem=_("Choose at least one posting."))
    try:
        against = postings_of(known[key] for key in chosen)
        clearings.clear_receipt(receipt=receipt.posting, against=against, **form.cleaned_data, by=request.user)
    except (NoFee, FeeTooLarge) as error:
        add_domain_error(form, error)
        return _page(request, receipt, form=form, chosen=chosen)
    except DomainError as error:
        return _page(request, _receipt(request, pk), form=form, problem=str(error), chosen=chosen)
    return redirect("cashoffice:unknown-detail", pk)


@requires("statement:match")
@require_POST
@exactly_once
def clearing_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    clearing = get_object_or_404(Clearing.objects.select_related("receipt__entry"), pk=pk)
    clearings.undo_clearing(clearing=clearing, reason=request.POST.get("reason", "")[:200], by=request.user)
    return redirect("cashoffice:unknown-detail", clearing.receipt_id)


def _receipt(request: HttpRequest, pk: UUID) -> UnknownReceipt:
    posting = get_object_or_404(visible_unknown(request.user, everything=True), pk=pk)
    return receipts_of([posting])[0]


def _page(
    request: HttpRequest,
    receipt: UnknownReceipt,
    *,
    form: ClearForm | None = None,
    problem: str = "",
    chosen: Collection[str] = (),
) -> HttpResponse:
    may = request.user.may("statement:match")
    found = clearings.explanations(receipt)[:MOST_SUGGESTED] if may and receipt.still else []
    context = {
        "receipt": receipt,
        "clearings": clearings_of(receipt.posting),
        "suggested": with_fees(found, receipt.open_money),
        "form": form or ClearForm(),
        "chosen": {UUID(one) for one in chosen},
        "problem": problem,
    }
    return render(request, "cashoffice/unknown/detail.html", context, status=422 if form else 200)
