"""Who pays for a visit: seen before treatment, and chosen."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from audit.services import record_reading
from billing.forms_covers import CoverForm
from billing.queries.worklist import visible_visits
from billing.services.covers_of_visits import choose_coverage
from billing.services.estimates import estimate
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from insurance.queries import coverage_of_visit
from patients.banner import banner_of
from patients.models import Visit


@requires("charge:view")
def visit_cover(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is pending, with the patient's and the payer's part."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    record_reading(visit.patient_id, "billing.cover")
    return _page(request, visit, None)


@requires("coverage:edit")
@require_POST
@exactly_once
def visit_cover_choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    form = CoverForm(request.POST, visit=visit, row=coverage_of_visit(visit.pk))
    if form.is_valid():
        try:
            repriced = choose_coverage(visit=visit, by=request.user, **form.cleaned_data)
            if repriced:
                words = ngettext(
                    "%(count)d charge has another price now.", "%(count)d charges have another price now.", repriced
                )
                messages.info(request, words % {"count": repriced})
            return redirect("billing:visit-cover", visit.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, visit, form)


def _page(request: HttpRequest, visit: Visit, form: CoverForm | None) -> HttpResponse:
    row = coverage_of_visit(visit.pk)
    context = {
        "visit": visit,
        "banner": banner_of(visit.patient),
        "row": row,
        "estimate": estimate(visit),
        "form": form or CoverForm(visit=visit, row=row),
    }
    return render(request, "billing/visit/cover.html", context, status=422 if form else 200)
