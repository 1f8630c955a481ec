"""The hospital's switch for visits of support, and a visit's begin and end on the portal."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.forms_visits import ConsentForm
from accounts.models import SupportVisit
from accounts.permissions import open_to_staff, requires
from accounts.services.visits import allow_visits, end_visit, enter_visit, visits_allowed_until
from accounts.stepup import requires_step_up
from audit.services import record_event
from core.errors import DomainError
from core.once import exactly_once


@requires("support:allow")
@requires_step_up
@exactly_once
def support_consent(request: HttpRequest) -> HttpResponse:
    """Let support visit until a day, or no longer; and who visited when and why."""
    form = ConsentForm(request.POST or None, initial={"until": visits_allowed_until()})
    if request.method == "POST" and form.is_valid():
        allow_visits(until=form.cleaned_data["until"], by=request.user)
        return redirect("accounts:support-consent")
    visits = SupportVisit.objects.select_related("user").exclude(entered_at=None)[:20]
    context = {"form": form, "until": visits_allowed_until(), "visits": visits}
    return render(request, "accounts/visit/consent.html", context, status=422 if form.is_bound else 200)


@login_not_required
def visit_enter(request: HttpRequest, token: str) -> HttpResponse:
    """The hand-over from the console: shown first, begun by a press of a button here."""
    if request.method == "POST":
        try:
            enter_visit(token=token, request=request)
        except DomainError as refused:
            record_event("support_refused", why=refused.code)
            raise
        return redirect("/")
    return render(request, "accounts/visit/enter.html")


@open_to_staff
@require_POST
@exactly_once
def visit_end(request: HttpRequest) -> HttpResponse:
    if request.visit is not None:
        end_visit(visit_id=request.visit.pk)
        request.session.flush()
    return redirect("account_login")
