"""What a patient agreed to, and the texts that are asked about."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from audit.services import record_reading
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.paging import paginate
from patients.banner import banner_of
from patients.forms.consent import ConsentForm, ConsentTextForm
from patients.models import ConsentText, Patient
from patients.queries import visible_patients
from patients.queries.consents import Standing, current_texts, history_of, standings_of, text_versions
from patients.services.consents import needs_guardian, publish_text, record_consent
from patients.states import ConsentPurpose


@requires("consent:view")
@require_GET
def consent_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What counts today for each purpose, and everything that was ever decided."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    record_reading(patient.pk, "consents")
    context = {
        "patient": patient,
        "banner": banner_of(patient),
        "standings": standings_of(patient),
        "page": paginate(request, history_of(patient)),
    }
    return render(request, "patients/consent/list.html", context)


@requires("consent:record")
@exactly_once
def consent_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note one decision; ``?purpose=`` says about what."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    standing, text = _asked(patient, request.GET.get("purpose", ConsentPurpose.TREATMENT))
    form = ConsentForm(request.POST or None, user=request.user, last=standing.last, guardian=needs_guardian(patient))
    if request.method == "POST" and form.is_valid() and _recorded(request, patient, text, form):
        return redirect("patients:consent-list", patient.pk)
    context = {"patient": patient, "banner": banner_of(patient), "form": form, "standing": standing, "text": text}
    return render(request, "patients/consent/form.html", context, status=422 if form.is_bound else 200)


@requires("consent:view")
@require_GET
def consent_text_list(request: HttpRequest) -> HttpResponse:
    """The texts that count today, with their former versions."""
    context = {"texts": current_texts(), "versions": text_versions()[:100], "purposes": ConsentPurpose.choices}
    return render(request, "patients/consent/texts.html", context)


@requires("consent:publish")
@exactly_once
def consent_text_new(request: HttpRequest) -> HttpResponse:
    """Publish the next version of a text; ``?purpose=`` says which. It begins as the present one."""
    purpose = request.GET.get("purpose", "")
    if purpose not in ConsentPurpose.values:
        raise Http404
    present = current_texts().get(purpose)
    initial = {name: getattr(present, name) for name in ConsentTextForm.Meta.fields[:6]} if present else {}
    form = ConsentTextForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        publish_text(purpose=purpose, by=request.user, **form.cleaned_data)
        return redirect("patients:consent-text-list")
    context = {"form": form, "purpose": ConsentPurpose(purpose), "present": present}
    return render(request, "patients/consent/text.html", context, status=422 if form.is_bound else 200)


def _asked(patient: Patient, purpose: str) -> tuple[Standing, ConsentText]:
    """The purpose that is asked about, with its text; without a published one there is nothing to decide."""
    for standing in standings_of(patient):
        if standing.purpose == purpose and standing.text:
            return standing, standing.text
    raise Http404


def _recorded(request: HttpRequest, patient: Patient, text: ConsentText, form: ConsentForm) -> bool:
    try:
        record_consent(patient=patient, text=text, by=request.user, **form.cleaned_data)
    except DomainError as error:
        add_domain_error(form, error)
        return False
    return True
