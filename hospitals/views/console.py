"""The console's screens of hospitals."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.paging import paginate
from hospitals.forms import HospitalForm, ReasonForm
from hospitals.queries import open_demo_requests, visible_hospitals
from hospitals.services.hospitals import activate_hospital, suspend_hospital
from hospitals.services.provisioning import create_hospital, restart_provisioning


@requires("hospital:view")
def hospital_list(request: HttpRequest) -> HttpResponse:
    page = paginate(request, visible_hospitals(request.user))
    waiting = open_demo_requests().count()
    return render(request, "hospitals/console/list.html", {"page": page, "waiting_requests": waiting})


@requires("hospital:create")
@exactly_once
def hospital_new(request: HttpRequest) -> HttpResponse:
    form = HospitalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        job = create_hospital(by=request.user, **form.facts())
        return redirect("console:hospital-detail", job.hospital_id)
    return render(request, "hospitals/console/form.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("hospital:view")
def hospital_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    hospital = get_object_or_404(visible_hospitals(request.user), pk=pk)
    template = "hospitals/console/detail.html" + ("#progress" if request.htmx else "")
    return render(request, template, {"hospital": hospital, "form": ReasonForm()})


@requires("hospital:create")
@require_POST
@exactly_once
def hospital_restart(request: HttpRequest, pk: UUID) -> HttpResponse:
    hospital = get_object_or_404(visible_hospitals(request.user), pk=pk)
    restart_provisioning(hospital=hospital, by=request.user)
    return redirect("console:hospital-detail", pk)


@requires("hospital:suspend")
@requires_step_up
@require_POST
@exactly_once
def hospital_suspend(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, suspend_hospital)


@requires("hospital:suspend")
@requires_step_up
@require_POST
@exactly_once
def hospital_activate(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, activate_hospital)


def _with_reason(request: HttpRequest, pk: UUID, act) -> HttpResponse:
    hospital = get_object_or_404(visible_hospitals(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            act(hospital=hospital, reason=form.cleaned_data["reason"], by=request.user)
            return redirect("console:hospital-detail", pk)
        except DomainError as error:
            add_domain_error(form, error)
    return render(request, "hospitals/console/detail.html", {"hospital": hospital, "form": form}, status=422)
