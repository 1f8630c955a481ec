"""Everything that is known of a patient, taken out to be handed to the patient."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_export, record_reading
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.pdf import pdf_response
from core.rates import rated
from patients.banner import banner_of
from patients.forms.export import ExportForm
from patients.links import archive_address, archive_is_open
from patients.models import DataExport, Patient
from patients.passphrases import new_passphrase
from patients.queries import visible_patients
from patients.queries.exports import exports_of, visible_exports
from patients.retention import kept_until
from patients.services.exports import ask_for_export


@requires("rights:view")
@require_GET
def rights_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was asked for about this patient's own data."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    record_reading(patient.pk, "rights")
    context = {
        "patient": patient,
        "banner": banner_of(patient),
        "exports": exports_of(patient)[:20],
        "kept_until": None if patient.erased_at else kept_until(patient),
    }
    return render(request, "patients/rights/detail.html", context)


@requires("record:export")
@requires_step_up
@exactly_once
def export_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the archive. The passphrase is made with the page and seen on it only."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    initial = {"passphrase": new_passphrase(), "language": patient.preferred_language}
    form = ExportForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and (export := _asked(request, patient, form)):
        return redirect("patients:export-detail", export.pk)
    context = {"patient": patient, "banner": banner_of(patient), "form": form}
    answer = render(request, "patients/rights/export_form.html", context, status=422 if form.is_bound else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


@requires("record:export")
@require_GET
def export_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far the archive is, and where it is fetched."""
    export = get_object_or_404(visible_exports(request.user), pk=pk)
    record_reading(export.patient_id, "export")
    context = {"export": export, "patient": export.patient, "banner": banner_of(export.patient)}
    return render_page(request, "patients/rights/export.html", context, fragment="state")


@requires("record:export")
@requires_step_up
@require_GET
def export_fetch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lead to the archive by an address that is good for a few minutes and for this person."""
    export = get_object_or_404(visible_exports(request.user), pk=pk)
    if not export.is_ready:
        return redirect("patients:export-detail", export.pk)
    return redirect(archive_address(export.pk, request.user.pk))


@rated("paper")
@requires("record:export")
@requires_step_up
@require_GET
def export_file(request: HttpRequest, pk: UUID, token: str) -> HttpResponse:
    """The archive itself; every fetching is recorded."""
    export = get_object_or_404(visible_exports(request.user).select_related("file"), pk=pk)
    if not archive_is_open(pk, request.user.pk, token) or not export.is_ready:
        raise Http404
    record_export("patients:export-file", patient_id=export.patient_id, archive=str(export.pk), rows=export.rows)
    with default_storage.open(export.file.name) as file:
        content = file.read()
    return pdf_response(content, f"record-{export.patient.mrn}.pdf", download=True)


def _asked(request: HttpRequest, patient: Patient, form: ExportForm) -> DataExport | None:
    facts = {name: form.cleaned_data[name] for name in ("reason", "language", "passphrase")}
    try:
        return ask_for_export(patient=patient, by=request.user, **facts)
    except DomainError as error:
        add_domain_error(form, error)
        return None
