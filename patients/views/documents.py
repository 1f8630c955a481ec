"""A patient's photo and papers: kept, shown for a moment, taken from the record."""

from collections.abc import Callable
from uuid import UUID

from django.core.files.storage import default_storage
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from audit.services import record_reading
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.rates import rated
from patients.banner import banner_of
from patients.forms import DocumentForm, PhotoForm, RemovalForm
from patients.links import address_of, is_open
from patients.models import Patient
from patients.queries import visible_documents, visible_patients
from patients.services.documents import add_document, remove_document, set_photo


@requires("patient:edit")
@exactly_once
def photo_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take or choose the patient's photo."""
    return _keep(request, pk, PhotoForm, set_photo, "patients/document/photo.html")


@requires("document:add")
@exactly_once
def document_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep a scanned or photographed paper."""
    return _keep(request, pk, DocumentForm, add_document, "patients/document/form.html")


@requires("document:remove")
@exactly_once
def document_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a paper from the record, with a reason."""
    document = get_object_or_404(visible_documents(request.user).select_related("patient__family"), pk=pk)
    form = RemovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        remove_document(document=document, reason=form.cleaned_data["reason"], by=request.user)
        return redirect("patients:patient-detail", document.patient_id)
    return _page(request, "patients/document/remove.html", document.patient, form, document=document)


@requires("patient:view")
@require_GET
def document_show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lead to the file by an address that is good for a few minutes."""
    document = get_object_or_404(visible_documents(request.user), pk=pk)
    return redirect(address_of(document.pk))


@rated("paper")
@requires("patient:view")
@require_GET
def document_file(request: HttpRequest, pk: UUID, token: str) -> HttpResponse:
    """The file itself; the link must be fresh and the reader somebody who may see the patient."""
    document = get_object_or_404(visible_documents(request.user), pk=pk)
    if not is_open(pk, token):
        raise Http404
    if document.kind != "photo":  # the photo is part of the page, whose reading is recorded
        record_reading(document.patient_id, "document")
    with default_storage.open(document.name) as file:
        content = file.read()
    extension = "jpg" if document.is_picture else "pdf"
    headers = {
        "Content-Disposition": f'inline; filename="{document.pk}.{extension}"',
        "Cache-Control": "private, max-age=240" if document.kind == "photo" else "private, no-store",
    }
    return HttpResponse(content, content_type=document.content_type, headers=headers)


def _keep(
    request: HttpRequest, pk: UUID, form_of: type[Form], keep: Callable[..., object], template: str
) -> HttpResponse:
    """Show the form of a file, and keep what was sent with it."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    form = form_of(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            keep(patient=patient, by=request.user, **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("patients:patient-detail", patient.pk)
    return _page(request, template, patient, form)


def _page(request: HttpRequest, template: str, patient: Patient, form: Form, **context: object) -> HttpResponse:
    words = {"patient": patient, "banner": banner_of(patient), "form": form, **context}
    return render(request, template, words, status=422 if form.is_bound else 200)
