from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from pharmacy.forms.dispensing import AdjustmentForm
from pharmacy.forms.stock import DeliveredFormSet, ReceiptForm, StockFilter
from pharmacy.models import StockAdjustment
from pharmacy.queries.stock import (
    adjustment_list as adjustments_shown,
)
from pharmacy.queries.stock import (
    balances_of,
    ledger_of,
    low_stock,
    stock_figures,
    visible_adjustments,
    visible_balances,
    visible_batches,
    visible_locations,
    visible_receipts,
)
from pharmacy.queries.stock import (
    stock_list as stock_shown,
)
from pharmacy.services.adjustments import adjust_stock, approve_adjustment, refuse_adjustment
from pharmacy.services.receipts import receive_goods
from pharmacy.states import LocationKind
from pharmacy.views.access import branch_of

SHOWS = ("", "expiring", "expired", "low")


@requires("stock:view")
@require_GET
def stock_list(request: HttpRequest) -> HttpResponse:
    """Lots by location; what expires soon, has expired, or runs low in the branch."""
    branch = branch_of(request)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    form = StockFilter(request.GET, locations=visible_locations(request.user))
    valid = form.is_valid()
    text, location = (form.cleaned_data["q"], form.cleaned_data["location"]) if valid else ("", None)
    rows: Any = (
        low_stock(branch, text) if show == "low" else stock_shown(request.user, location=location, show=show, text=text)
    )
    context = {"page": paginate(request, rows), "form": form, "show": show, "tabs": _tabs(show, stock_figures(branch))}
    return render_page(request, "pharmacy/stock/list.html", context)


def _tabs(current: str, figures: dict[str, int]) -> list[dict]:
    labels = {"": _("All stock"), "expiring": _("Expiring soon"), "expired": _("Expired"), "low": _("Running low")}
    base = reverse("pharmacy:stock-list")
    return [
        {"label": labels[show], "url": f"{base}?show={show}", "active": show == current, "count": figures.get(show)}
        for show in SHOWS
    ]


@requires("stock:view")
@require_GET
def batch_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A lot: what each location holds of it, and its ledger."""
    batch = get_object_or_404(visible_batches(request.user), pk=pk)
    context = {
        "batch": batch,
        "balances": balances_of(batch, request.user),
        "page": paginate(request, ledger_of(batch, request.user)),
    }
    return render_page(request, "pharmacy/stock/batch.html", context)


@requires("stock:receive")
@exactly_once
def receipt_new(request: HttpRequest) -> HttpResponse:
    """A delivery of several batches. Rows left empty are ignored."""
    stores = visible_locations(request.user).filter(kind=LocationKind.STORE)
    form, rows = (
        ReceiptForm(request.POST or None, locations=stores),
        DeliveredFormSet(request.POST or None, prefix="row"),
    )
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        delivered = [row.delivered() for row in rows if row.has_changed()]
        try:
            receipt = receive_goods(delivered=delivered, by=request.user, **form.cleaned_data)
            messages.success(request, _("Delivery %(number)s is in stock.") % {"number": receipt})
            return redirect("pharmacy:receipt-detail", receipt.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "rows": rows}
    return render(request, "pharmacy/stock/receipt_new.html", context, status=422 if form.is_bound else 200)


@requires("stock:view")
@require_GET
def receipt_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    receipt = get_object_or_404(visible_receipts(request.user), pk=pk)
    lines = receipt.lines.select_related("batch__medicine").order_by("batch__medicine__inn", "pk")
    return render(request, "pharmacy/stock/receipt.html", {"receipt": receipt, "lines": lines})


@requires("stock:view")
@require_GET
def adjustment_list(request: HttpRequest) -> HttpResponse:
    show = "waiting" if request.GET.get("show") == "waiting" else ""
    base = reverse("pharmacy:adjustment-list")
    tabs = [
        {"label": _("All"), "url": base, "active": not show},
        {"label": _("Waiting for approval"), "url": f"{base}?show=waiting", "active": show == "waiting"},
    ]
    page = paginate(request, adjustments_shown(request.user, show=show))
    return render_page(request, "pharmacy/stock/adjustments.html", {"page": page, "tabs": tabs, "show": show})


@requires("stock:adjust")
@exactly_once
def adjustment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct one balance (a batch at a location)."""
    balance = get_object_or_404(visible_balances(request.user), pk=pk)
    form = AdjustmentForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            adjusted = adjust_stock(
                location=balance.location, batch=balance.batch, by=request.user, **form.cleaned_data
            )
            _say(request, adjusted)
            return redirect("pharmacy:batch-detail", balance.batch_id)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "balance": balance, "batch": balance.batch}
    return render(request, "pharmacy/stock/adjustment_new.html", context, status=422 if form.is_bound else 200)


def _say(request: HttpRequest, adjusted: StockAdjustment) -> None:
    if adjusted.is_waiting:
        messages.info(request, _("Adjustment %(number)s waits for another person's approval.") % {"number": adjusted})
    else:
        messages.success(request, _("The stock is adjusted."))


@requires("stock:approve")
@require_POST
@exactly_once
def adjustment_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    adjustment = get_object_or_404(visible_adjustments(request.user), pk=pk)
    approve_adjustment(adjustment=adjustment, by=request.user)
    messages.success(request, _("The stock is adjusted."))
    return redirect("pharmacy:adjustment-list")


@requires("stock:approve")
@require_POST
@exactly_once
def adjustment_refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    adjustment = get_object_or_404(visible_adjustments(request.user), pk=pk)
    refuse_adjustment(adjustment=adjustment, reason=request.POST.get("reason", "")[:255], by=request.user)
    messages.success(request, _("The adjustment was refused."))
    return redirect("pharmacy:adjustment-list")
