"""The hospital's rules of who may see protected records."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from core.once import exactly_once
from patients.forms.settings import AccessForm


@requires("access_policy:manage")
@requires_step_up
@exactly_once
def access_edit(request: HttpRequest) -> HttpResponse:
    form = AccessForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.store(by=request.user):
        messages.success(request, _("The rules were saved. They count from the next click of everybody."))
        return redirect("patients:access-edit")
    return render(request, "patients/settings/access.html", {"form": form}, status=422 if form.is_bound else 200)
