"""Turnover by month and rate of VAT: the table, the invoices behind each of its totals, and the table as a file."""

import datetime
import re
from decimal import Decimal
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from core.htmx import render_page
from core.paging import paginate
from core.preferences import preference
from reports.forms import ReportForm
from reports.queries.money.definitions import TURNOVER
from reports.queries.money.grouping import Period
from reports.queries.money.turnover import (
    ALL,
    EXEMPT,
    TAXABLE,
    Rates,
    Taxed,
    Turnover,
    documents,
    turnover,
    with_figures,
    within,
)
from reports.views.money import figures, in_base, report_file

NAMED = {"": ALL, "exempt": EXEMPT, "taxable": TAXABLE}


@requires("money_report:view")
@require_GET
def turnover_report(request: HttpRequest) -> HttpResponse:
    form, period = _asked(request)
    found = turnover(period)
    page = paginate(request, found.rows, per_page=50)
    rows = [
        (row, rate_words(row.rate), _behind(request, month=f"{row.month:%Y-%m}", rate=str(row.rate or "exempt")))
        for row in page
    ]
    context = {
        "report": TURNOVER,
        "form": form,
        "found": found,
        "page": page,
        "rows": rows,
        "totals": [(words, taxed, _behind(request, rate=name)) for name, words, taxed in _totals(found)],
        "base": preference("billing.base_currency"),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "reports/money/turnover.html", context)


@requires("money_report:view")
@require_GET
def turnover_invoices(request: HttpRequest) -> HttpResponse:
    """The invoices, voids and credit notes behind a row (`month` and `rate`) or behind a total."""
    _form, period = _asked(request)
    name = request.GET.get("rate", "")
    rates, period = _rates(name), _within(period, request.GET.get("month", ""))
    page = paginate(request, documents(period, rates).select_related("invoice").order_by("-date", "-id"))
    kept = request.GET.copy()
    for key in ("rate", "month", "page"):
        kept.pop(key, None)
    context = {
        "report": TURNOVER,
        "page": page,
        "rows": with_figures(page, rates),
        "period": period,
        "rate": _words(name, rates),
        "back": kept.urlencode(),
    }
    return render_page(request, "reports/money/turnover_invoices.html", context)


@requires("money_report:export")
@requires_step_up
@require_GET
def turnover_file(request: HttpRequest) -> HttpResponse:
    """The whole table as CSV; the last rows are what is taxable, what is exempt, and the total."""
    _form, period = _asked(request)
    found = turnover(period)
    words = ("USD", "KHR", in_base())
    heads = [
        *(f"{_('Turnover without VAT')}, {one}" for one in words),
        *(f"{_('VAT')}, {one}" for one in words),
    ]
    table = [[f"{row.month:%Y-%m}", rate_words(row.rate), *_cells(row.taxed)] for row in found.rows]
    table += [[words, "", *_cells(taxed)] for _name, words, taxed in _totals(found)]
    return report_file(request, "turnover", period, [_("Month"), _("Rate of VAT"), *heads], table)


def rate_words(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %" if rate else pgettext("VAT", "Exempt")


def _totals(found: Turnover) -> list[tuple[str, str, Taxed]]:
    """The last rows, each with the name by which its invoices are asked for."""
    return [
        ("taxable", pgettext("VAT", "Taxable"), found.taxable),
        ("exempt", pgettext("VAT", "Exempt"), found.exempt),
        ("", _("Total"), found.total),
    ]


def _words(name: str, rates: Rates) -> str:
    return rate_words(rates[0]) if rates[0] == rates[1] else pgettext("VAT", "Taxable") if name else ""


def _cells(taxed: Taxed) -> list[Decimal]:
    return [*figures(taxed.net), *figures(taxed.tax)]


def _behind(request: HttpRequest, **chosen: str) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    query = "&".join(filter(None, (kept.urlencode(), urlencode({key: one for key, one in chosen.items() if one}))))
    return reverse("reports:money-turnover-invoices") + (f"?{query}" if query else "")


def _asked(request: HttpRequest) -> tuple[ReportForm, Period]:
    form = ReportForm(request.GET)
    form.full_clean()
    return form, form.period()


def _rates(name: str) -> Rates:
    """From one rate to another; 404 for a name that is no rate."""
    if name in NAMED:
        return NAMED[name]
    if not re.fullmatch(r"[01]\.[0-9]{1,4}", name):
        raise Http404
    return Decimal(name), Decimal(name)


def _within(period: Period, month: str) -> Period:
    """The period's days of a month, named 2026-03; all of them where none is named. 404 for what is no month."""
    try:
        return within(period, datetime.date.fromisoformat(f"{month}-01")) if month else period
    except (ValueError, OverflowError) as error:
        raise Http404 from error
