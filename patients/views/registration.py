"""Registration: the form, and the warning that somebody very similar is already on file."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from core.asking import asked
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from patients.errors import DuplicatesUnanswered
from patients.forms import PatientForm
from patients.queries import Match, find_duplicates
from patients.services.patients import register_patient
from patients.typed import names_from, typed_patient


@requires("patient:create")
@exactly_once
def patient_new(request: HttpRequest) -> HttpResponse:
    """Register a patient; a likely duplicate has to be answered before anything is saved."""
    initial = names_from(asked(request).get("q", "")) | {"family": request.GET.get("family")}
    form = PatientForm(request.POST or None, user=request.user, initial=initial)
    answers = request.POST.getlist("different_from")
    reason = request.POST.get("different_reason", "").strip()[:200]
    matches: Sequence[Match] = []
    if request.method == "POST" and "fill_address" not in request.POST and form.is_valid():
        try:
            patient = register_patient(
                **form.details(),
                contact=form.contact(),
                identifiers=form.identifiers(),
                family=form.cleaned_data["family"],
                branch=request.workplace.branch,
                different_from=answers,
                different_reason=reason,
                consents=form.agreed_to(),
                by=request.user,
            )
        except DuplicatesUnanswered as error:
            add_domain_error(form, error)
            matches = find_duplicates(typed_patient(request.POST), form.identifiers(), seen_by=request.user)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("patients:patient-detail", patient.pk)
    return _form_page(request, form, matches, answers, reason)


@requires("patient:create")
@require_POST
def patient_duplicates(request: HttpRequest) -> HttpResponse:
    """The warning under the form while it is being filled. POST only so that no name stands in an address."""
    numbers = {"national_id": request.POST.get("national_id", "")}
    matches = find_duplicates(typed_patient(request.POST), numbers, seen_by=request.user)
    context = {
        "matches": matches,
        "answers": request.POST.getlist("different_from"),
    }
    return render(request, "patients/patient/_duplicates.html", context)


def _form_page(
    request: HttpRequest, form: PatientForm, matches: Sequence[Match], answers: list[str], reason: str
) -> HttpResponse:
    context = {
        "form": form,
        "matches": matches,
        "answers": answers,
        "reason": reason,
    }
    return render(request, "patients/patient/form.html", context, status=422 if form.is_bound else 200)
