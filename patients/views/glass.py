"""A record that is closed to the person: what may be done with its number, and who broke the glass."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from audit.services import record_event
from core.asking import asked
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.preferences import preference
from patients.forms.glass import GlassForm
from patients.models import Patient
from patients.queries import guarded_by_number
from patients.queries.grants import visible_grants
from patients.services.glass import break_glass


@requires("patient:view")
@exactly_once
def record_guarded(request: HttpRequest) -> HttpResponse:
    """Reached with the whole record number only. It names nobody; who may breaks the glass here, for a reason."""
    patient = guarded_by_number(request.user, asked(request).get("number", "")[:20])
    if patient is None:
        raise Http404
    may_break = request.user.may("record:break_glass")
    form = GlassForm(request.POST or None) if may_break else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid() and _broken(request, patient, form):
            return redirect("patients:patient-detail", patient.pk)
    context = {"patient": patient, "form": form, "minutes": preference("patients.glass_minutes")}
    return render(request, "patients/glass/form.html", context, status=422 if form and form.is_bound else 200)


def _broken(request: HttpRequest, patient: Patient, form: GlassForm) -> bool:
    try:
        grant = break_glass(patient=patient, by=request.user, **form.cleaned_data)
    except DomainError as error:
        add_domain_error(form, error)
        return False
    record_event("glass_broken", "patients_patient", patient.pk, grant=str(grant.pk), reason=grant.reason)
    return True


@requires("privacy:oversee")
@require_GET
def grant_list(request: HttpRequest) -> HttpResponse:
    """Who opened which protected record, when, why and until when."""
    page = paginate(request, visible_grants(request.user))
    return render_page(request, "patients/glass/list.html", {"page": page})
