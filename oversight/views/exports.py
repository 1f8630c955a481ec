from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_export
from core.asking import address_query, asked
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.tables import csv_response
from oversight.forms import ReasonForm, TrailForm
from oversight.models import TrailExport
from oversight.services.exports import export_trail, trail_table


@requires("audit:view")
@requires_step_up
@require_POST
@exactly_once
def trail_export(request: HttpRequest) -> HttpResponse:
    """Take out what the filter in the address finds, for a reason."""
    form, wanted = ReasonForm(request.POST), TrailForm(asked(request) or None).asked()
    if form.is_valid():
        try:
            export = export_trail(asked=wanted, reason=form.cleaned_data["reason"], by=request.user)
            return redirect("oversight:export-detail", export.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "query": address_query(request).urlencode()}
    return render(request, "oversight/export/form.html", context, status=422)


@requires("audit:view")
@require_GET
def export_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "oversight/export/detail.html", {"export": _own(request, pk)})


@requires("audit:view")
@requires_step_up
@require_GET
def export_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The table itself; every fetching is recorded, and only who asked for it may fetch it."""
    export = _own(request, pk)
    record_export(
        "oversight:trail", subject="audit_record", row_id=export.pk, rows=export.rows, asked=export.filters,
        why=export.reason,
    )  # fmt: skip
    return csv_response(trail_table(export), f"trail-{export.created_at:%Y%m%d-%H%M}.csv")


def _own(request: HttpRequest, pk: UUID) -> TrailExport:
    return get_object_or_404(TrailExport, pk=pk, by_id=request.user.pk)
