"""Enrolling a patient at the desk, and the slip with the number."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import requires
from clinical.forms import EnrolmentForm
from clinical.queries import encounters_enrolled
from clinical.services.enrolments import enrol_visit
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import wants_fragment
from core.once import exactly_once
from patients.banner import banner_of
from patients.models import Patient
from patients.queries.patients import guarded_by_number, visible_patients
from patients.queries.visits import open_visits
from queueing.queries import people_ahead


@requires("visit:enrol")
@exactly_once
def visit_enrol(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = _at_the_desk(request, pk)
    form = EnrolmentForm(request.POST or None, user=request.user, branch=request.workplace.branch, patient=patient)
    if request.method == "POST" and form.is_valid():
        try:
            enrolment = enrol_visit(patient=patient, by=request.user, **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("clinical:visit-enrolled", enrolment.encounter.pk)
    context = {
        "form": form,
        "patient": patient,
        "number": asked(request).get("number", ""),
        "banner": banner_of(patient),
        "open_visits": open_visits(patient),
    }
    return render(request, "clinical/enrolment/form.html", context, status=422 if form.is_bound else 200)


@requires("visit:enrol")
@asks()
def enrolment_fields(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form's fields for the branch and department chosen so far, with whatever was typed already."""
    patient, typed = _at_the_desk(request, pk), asked(request)
    if not wants_fragment(request):
        return redirect("clinical:visit-enrol", patient.pk)
    form = EnrolmentForm(user=request.user, branch=request.workplace.branch, patient=patient, initial=typed.dict())
    context = {"form": form, "patient": patient, "number": typed.get("number", "")}
    return render(request, "clinical/enrolment/form.html#fields", context)


def _at_the_desk(request: HttpRequest, pk: UUID) -> Patient:
    """The patient, visible, or closed to a person of the desk who knows the record's number.

    Whoever could break the glass does not come this way: a visit of one's own would make one treat the patient.
    """
    seen = visible_patients(request.user).filter(pk=pk).first()
    if seen is not None:
        return seen
    knows = not request.user.may("record:break_glass")
    patient = guarded_by_number(request.user, asked(request).get("number", "")[:20]) if knows else None
    if patient is None or patient.pk != pk:
        raise Http404
    return patient


@requires("visit:enrol")
def visit_enrolled(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(encounters_enrolled(request.user), pk=pk)
    context = {
        "encounter": encounter,
        "ticket": encounter.ticket,
        "ahead": people_ahead(encounter.ticket) if encounter.ticket else 0,
        "banner": banner_of(encounter.patient),
    }
    return render(request, "clinical/enrolment/detail.html", context)
