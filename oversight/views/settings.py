"""From when on reading counts as unusual, and whose records are watched whoever reads them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.paging import paginate
from oversight.forms_settings import RulesForm, WatchForm
from oversight.queries.watched import watched_patients
from oversight.services.watching import watch_patient


@requires("privacy:oversee")
@requires_step_up
@exactly_once
def rules_edit(request: HttpRequest) -> HttpResponse:
    form = RulesForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.store(by=request.user):
        messages.success(request, _("The rules were saved. They count for what is read from now on."))
        return redirect("oversight:rules-edit")
    return _page(request, form, WatchForm())


@requires("privacy:oversee")
@require_POST
@exactly_once
def watch_add(request: HttpRequest) -> HttpResponse:
    """Watch one more record, by its number: somebody well known, a colleague, a case in the news."""
    form = WatchForm(request.POST)
    if form.is_valid():
        try:
            watch_patient(patient=form.patient, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("Reading this record without treating the patient now raises an alert."))
            return redirect("oversight:rules-edit")
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, RulesForm(), form)


def _page(request: HttpRequest, form: RulesForm, watch: WatchForm) -> HttpResponse:
    page = paginate(request, watched_patients())
    context = {"form": form, "watch": watch, "page": page}
    status = 422 if form.is_bound or watch.is_bound else 200
    return render(request, "oversight/settings/rules.html", context, status=status)
