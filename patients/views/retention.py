"""What is beyond its time of keeping: the preview, its release, and how long this hospital keeps records."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.paging import paginate
from core.preferences import preference
from patients.forms.erasure import LiftForm
from patients.forms.settings import KeepingForm
from patients.holdings import counts_in_words
from patients.queries.erasures import retention_runs
from patients.services.retention import preview_retention, release_run


@requires("rights:serve")
@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """The newest preview with what would go, and the runs before it."""
    return _page(request, LiftForm())


@requires("retention:release")
@require_POST
@exactly_once
def retention_look(request: HttpRequest) -> HttpResponse:
    """Look now instead of at night."""
    preview_retention()
    return redirect("patients:retention")


@requires("retention:release")
@requires_step_up
@require_POST
@exactly_once
def retention_release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the records of a preview be erased."""
    run, form = get_object_or_404(retention_runs(request.user), pk=pk), LiftForm(request.POST)
    if form.is_valid():
        try:
            release_run(run=run, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("patients:retention")
    return _page(request, form, status=422)


@requires("retention:release")
@requires_step_up
@exactly_once
def retention_edit(request: HttpRequest) -> HttpResponse:
    """How long records are kept; never shorter than the law wants."""
    form = KeepingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.store(by=request.user):
        messages.success(request, _("The rules were saved. The next preview follows them."))
        return redirect("patients:retention")
    return render(request, "patients/retention/settings.html", {"form": form}, status=422 if form.is_bound else 200)


def _page(request: HttpRequest, form: LiftForm, status: int = 200) -> HttpResponse:
    runs = list(retention_runs(request.user)[:10])
    run = next((one for one in runs if one.is_preview), None)
    context = {
        "run": run,
        "runs": [one for one in runs if not one.is_preview],
        "page": paginate(request, run.items.select_related("patient").order_by("last_contact", "id")) if run else None,
        "counts": counts_in_words(run.counts) if run else [],
        "form": form,
        "years": preference("patients.keep_years"),
        "age": preference("patients.keep_until_age"),
    }
    return render(request, "patients/retention/list.html", context, status=status)
