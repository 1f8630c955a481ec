"""Support asks to see what somebody of a hospital sees."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.permissions import requires
from accounts.services.visits import browser_of
from accounts.stepup import requires_step_up
from core.errors import DomainError
from core.forms import Form, add_domain_error
from core.once import exactly_once
from hospitals.models import Hospital, Surface
from hospitals.queries import visible_hospitals
from hospitals.services.visits import begin_visit, people_to_see


class VisitForm(Form):
    person = forms.ChoiceField(label=_("Whose view"))
    reason = forms.CharField(label=_("Reason"), max_length=300, min_length=10)


@requires("hospital:visit")
@requires_step_up
@exactly_once
def visit_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    hospital = get_object_or_404(visible_hospitals(request.user), pk=pk, ready=True)
    people = people_to_see(hospital)
    form = VisitForm(request.POST or None)
    form.fields["person"].choices = people  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            facts = {"person": UUID(form.cleaned_data["person"]), "reason": form.cleaned_data["reason"]}
            token = begin_visit(hospital=hospital, browser=browser_of(request), by=request.user, **facts)
            request.session["visit_token"] = {"hospital": str(hospital.pk), "token": token}
            return redirect("console:visit-ready", hospital.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"hospital": hospital, "form": form, "people": people}
    return render(request, "hospitals/console/visit.html", context, status=422 if form.is_bound else 200)


@requires("hospital:visit")
def visit_ready(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The door stands open for a minute. A link, not a redirect: forms lead to our own host only."""
    hospital = get_object_or_404(visible_hospitals(request.user), pk=pk, ready=True)
    kept = request.session.pop("visit_token", None)
    if kept is None or kept["hospital"] != str(hospital.pk):
        raise Http404
    address = f"{_portal(request, hospital)}/login/visit/{kept['token']}/"
    return render(request, "hospitals/console/visit_ready.html", {"hospital": hospital, "address": address})


def _portal(request: HttpRequest, hospital: Hospital) -> str:
    host = hospital.domains.get(surface=Surface.PORTAL).domain
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{request.scheme}://{host}{port}"
