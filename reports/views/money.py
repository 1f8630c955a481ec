"""Reports about money: the list of them, one as a table, the postings behind a total, and the table as a file."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_export
from billing.models import EntryKind, Service
from core.htmx import render_page
from core.money import KHR, USD, quantize
from core.paging import paginate
from core.preferences import preference
from core.tables import csv_response, csv_table
from reports.errors import TooManyRows
from reports.forms import ReportForm
from reports.queries.money.definitions import REPORTS, TURNOVER, Grouping, Report
from reports.queries.money.grouping import Period, Row, Sums, entries_behind, groups, rows_of, totals
from reports.queries.money.services import lines_behind, sales

MOST_ROWS = 20_000


@requires("money_report:view")
@require_GET
def money_list(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/money/list.html", {"reports": REPORTS.values(), "turnover": TURNOVER})


@requires("money_report:view")
@require_GET
def money_report(request: HttpRequest, key: str) -> HttpResponse:
    report, form, period, grouping = _asked(request, key)
    page = paginate(request, groups(report, grouping, period), per_page=50)
    rows = rows_of(report, grouping, page.items)
    context = {
        "report": report,
        "form": form,
        "page": page,
        "grouping": grouping,
        "rows": [(row, _entries_url(request, report, row)) for row in rows],
        "total": totals(report, period),
        "total_url": _entries_url(request, report),
        "base": preference("billing.base_currency"),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "reports/money/report.html", context)


@requires("money_report:view")
@require_GET
def money_entries(request: HttpRequest, key: str) -> HttpResponse:
    """The postings behind one row (`v` gives its values in the order of the grouping) or behind the total."""
    report, _form, period, grouping = _asked(request, key)
    chosen = request.GET.getlist("v")
    if len(chosen) not in (0, len(grouping)):
        raise Http404
    try:
        found = entries_behind(report, grouping, period, [value or None for value in chosen]).order_by("-date", "-id")
        page = paginate(request, found)
    except (ValidationError, ValueError) as error:
        raise Http404 from error
    context = {"report": report, "page": page, "period": period, "back": _query(request, without="v")}
    return render_page(request, "reports/money/entries.html", context)


@requires("money_report:export")
@requires_step_up
@require_GET
def money_file(request: HttpRequest, key: str) -> HttpResponse:
    """The whole table as CSV; the last row is its total. More than MOST_ROWS are refused, never left out."""
    report, _form, period, grouping = _asked(request, key)
    found = list(groups(report, grouping, period)[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        messages.error(request, str(TooManyRows(most=f"{MOST_ROWS:,}")))
        return redirect(f"{reverse('reports:money-report', args=[report.key])}?{request.GET.urlencode()}")
    rows = rows_of(report, grouping, found)
    heads = [*(str(one.label) for one in grouping), "USD", "KHR", in_base()]
    total = totals(report, period)
    table = [[*row.labels, *figures(row.sums)] for row in rows]
    table.append([_("Total"), *[""] * (len(grouping) - 1), *figures(total)])
    return report_file(request, f"{report.key}", period, heads, table)


@requires("money_report:view")
@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """Revenue by service, from the lines behind the ledger's entries."""
    form = ReportForm(request.GET)
    form.full_clean()
    found = sales(form.period())
    page = paginate(request, found.rows, per_page=50)
    context = {
        "form": form,
        "sales": found,
        "page": page,
        "rows": [(row, _lines_url(request, row.code)) for row in page],
        "total_url": _lines_url(request),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "reports/money/services.html", context)


@requires("money_report:view")
@require_GET
def service_lines(request: HttpRequest) -> HttpResponse:
    """The lines behind what a service (`code`) brought, or behind the total: billed, voided and credited."""
    form = ReportForm(request.GET)
    form.full_clean()
    period, code = form.period(), request.GET.get("code", "")
    page = paginate(request, lines_behind(period, code))
    context = {
        "page": page,
        "rows": [(line, EntryKind(line["kind"]).label) for line in page],
        "code": code,
        "service": Service.objects.filter(code=code).first(),
        "period": period,
        "back": _query(request, without="code"),
    }
    return render_page(request, "reports/money/service_lines.html", context)


@requires("money_report:export")
@requires_step_up
@require_GET
def services_file(request: HttpRequest) -> HttpResponse:
    form = ReportForm(request.GET)
    form.full_clean()
    period = form.period()
    table = [
        [row.code, row.name, row.times, quantize(row.usd, USD), quantize(row.khr, KHR)] for row in sales(period).rows
    ]
    return report_file(request, "services", period, [_("Code"), _("Service"), _("Times billed"), "USD", "KHR"], table)


def _asked(request: HttpRequest, key: str) -> tuple[Report, ReportForm, Period, Grouping]:
    """The report with its days and grouping; 404 for a report there is none of."""
    report = REPORTS.get(key)
    if report is None:
        raise Http404
    form = ReportForm(request.GET, report=report)
    form.full_clean()
    return report, form, form.period(), report.groupings[form.cleaned_data.get("by") or 0]


def _entries_url(request: HttpRequest, report: Report, row: Row | None = None) -> str:
    values = [("v", "" if value is None else str(value)) for value in row.values] if row else []
    query = "&".join(filter(None, (_query(request, without="v"), urlencode(values))))
    return reverse("reports:money-entries", args=[report.key]) + (f"?{query}" if query else "")


def _lines_url(request: HttpRequest, code: str = "") -> str:
    query = "&".join(filter(None, (_query(request, without="code"), urlencode({"code": code}) if code else "")))
    return reverse("reports:money-service-lines") + (f"?{query}" if query else "")


def _query(request: HttpRequest, *, without: str) -> str:
    kept = request.GET.copy()
    for name in (without, "page"):
        kept.pop(name, None)
    return kept.urlencode()


def figures(sums: Sums) -> list[Any]:
    return [quantize(sums.usd, USD), quantize(sums.khr, KHR), quantize(sums.base, preference("billing.base_currency"))]


def in_base() -> str:
    return _("In %(currency)s") % {"currency": preference("billing.base_currency")}


def report_file(
    request: HttpRequest, name: str, period: Period, heads: Sequence[str], table: Sequence[Sequence[Any]]
) -> HttpResponse:
    record_export(
        "reports:money", subject="billing_posting", report=name, since=f"{period.since}", until=f"{period.until}"
    )
    return csv_response(csv_table(heads, table), f"{name}-{period.since:%Y%m%d}-{period.until:%Y%m%d}.csv")
