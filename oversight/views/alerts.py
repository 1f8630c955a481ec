from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_event, record_export
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.pdf import pdf_response
from core.tables import csv_response
from notifications.services import settle_notices
from oversight.evidence import evidence_in_words
from oversight.forms import AlertFilterForm, DecisionForm
from oversight.models import Alert
from oversight.queries.alerts import affected, alerts_in_state, timeline_of, visible_alerts
from oversight.rows import in_words
from oversight.services.alerts import decide_alert
from oversight.states import OPEN


@requires("privacy:oversee")
@require_GET
def alert_list(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state") or OPEN
    page = paginate(request, alerts_in_state(request.user, state))
    rows = [{"alert": alert, "evidence": evidence_in_words(alert)} for alert in page]
    context = {"form": AlertFilterForm({"state": state}), "page": page, "rows": rows}
    return render_page(request, "oversight/alert/list.html", context, fragment="rows")


@requires("privacy:oversee")
@require_GET
def alert_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    alert = _alert(request, pk)
    record_event("alert_read", "oversight_alert", alert.pk)
    settle_notices(url=request.path, by=request.user)
    return render(request, "oversight/alert/detail.html", _context(request, alert, DecisionForm()))


@requires("privacy:oversee")
@require_POST
@exactly_once
def alert_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    alert, form = _alert(request, pk), DecisionForm(request.POST)
    if form.is_valid():
        try:
            decide_alert(alert=alert, by=request.user, **form.cleaned_data)
            messages.success(request, _("The decision was recorded."))
            return redirect("oversight:alert-detail", alert.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return render(request, "oversight/alert/detail.html", _context(request, alert, form), status=422)


@requires("privacy:oversee")
@requires_step_up
@require_GET
def alert_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The breach report on paper: what was found, who, when, whose records, and what was decided."""
    from oversight.papers import report_pdf  # the PDF engine is large; pages that print nothing do without it

    alert = _alert(request, pk)
    record_export("oversight:alert-report", subject="oversight_alert", row_id=alert.pk)
    pdf = report_pdf(alert, user=request.user, hospital=request.hospital, branch=request.workplace.branch)
    return pdf_response(pdf, f"privacy-report-{str(alert.pk)[-8:]}.pdf")


@requires("privacy:oversee")
@requires_step_up
@require_GET
def alert_table(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The timeline of the report as a table."""
    from oversight.papers import report_table

    alert = _alert(request, pk)
    record_export("oversight:alert-csv", subject="oversight_alert", row_id=alert.pk)
    return csv_response(report_table(alert), f"privacy-report-{str(alert.pk)[-8:]}.csv")


def _alert(request: HttpRequest, pk: UUID) -> Alert:
    return get_object_or_404(visible_alerts(request.user), pk=pk)


def _context(request: HttpRequest, alert: Alert, form: DecisionForm) -> dict:
    timeline = timeline_of(alert)
    return {
        "alert": alert,
        "evidence": evidence_in_words(alert),
        "rows": in_words(timeline),
        "patients": affected(timeline, request.user),
        "form": form,
    }
