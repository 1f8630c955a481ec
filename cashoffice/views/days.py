"""The end of a branch's day: what stands in its way, its closing, and the report of a closed day."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from accounts.queries import branches_of
from accounts.stepup import requires_step_up
from audit.services import record_printing
from cashoffice.forms_deposits import DayForm
from cashoffice.forms_reports import ReportPrintForm
from cashoffice.models import DayClosing
from cashoffice.queries.days import closing_of, closings, figures_of, first_open_day, obstacles
from cashoffice.queries.movements import Movement, account_names
from cashoffice.services.days import close_day
from core.clock import today
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.pdf import pdf_response
from core.rates import rated


@requires("day:view")
@require_GET
def day_list(request: HttpRequest) -> HttpResponse:
    """Closed days of this branch."""
    branch = request.workplace.branch
    context = {"page": paginate(request, closings(branch)), "branch": branch}
    return render_page(request, "cashoffice/day/list.html", context)


@requires("day:close")
@requires_step_up
@exactly_once
def day_close(request: HttpRequest) -> HttpResponse:
    """What stands in the way of closing a day of this branch; nothing, and the day is closed."""
    branch = request.workplace.branch
    chosen = DayForm(request.GET)
    day = chosen.cleaned_data["day"] if chosen.is_valid() else first_open_day(branch, today())
    form = DayForm(request.POST or None, initial={"day": day})
    if request.method == "POST" and form.is_valid():
        try:
            closing = close_day(branch=branch, by=request.user, **form.cleaned_data)
            return redirect("cashoffice:day-detail", closing.pk)
        except DomainError as error:
            add_domain_error(form, error)
            day = form.cleaned_data["day"]
    found = obstacles(branch, day)
    context = {
        "form": form,
        "branch": branch,
        "day": day,
        "closing": closing_of(branch, day),
        "blocking": [one for one in found if one.blocks],
        "carried": [one for one in found if not one.blocks],
        "rows": _named(figures_of(branch, day)),
    }
    return render(request, "cashoffice/day/close.html", context, status=422 if form.is_bound else 200)


@requires("day:view")
@require_GET
def day_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    closing = _closing(request, pk)
    rows = [Movement.from_json(row) for row in closing.figures["movements"]]
    form = ReportPrintForm(initial={"paper": "a4", "language": request.LANGUAGE_CODE})
    context = {"closing": closing, "rows": _named(rows), "form": form}
    return render(request, "cashoffice/day/detail.html", context)


@rated("paper")
@requires("day:view")
@require_GET
def day_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The closing report on A4 or 80 mm, in the chosen language."""
    from cashoffice.printing_days import day_pdf  # the PDF engine is large

    closing, form = _closing(request, pk), ReportPrintForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {"paper": "a4", "language": request.LANGUAGE_CODE}
    record_printing("cashoffice:day-report", subject="cashoffice_dayclosing", row_id=closing.pk)
    return pdf_response(day_pdf(closing, hospital=request.hospital, **chosen), f"{closing.number}.pdf")


def _closing(request: HttpRequest, pk: UUID) -> DayClosing:
    found = DayClosing.objects.select_related("branch", "closed_by")
    return get_object_or_404(found.filter(branch__in=branches_of(request.user)), pk=pk)


def _named(rows: list[Movement]) -> list[tuple[Movement, str]]:
    names = account_names()
    return [(row, names.get(row.account, row.account)) for row in rows]
