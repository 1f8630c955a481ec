"""Who works here: list, add, change, invite again, close."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.forms import StaffForm
from accounts.models import User
from accounts.permissions import requires
from accounts.queries import visible_staff
from accounts.services.staff import close_account, invite, reopen_account, save_staff
from accounts.stepup import requires_step_up
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate


@requires("staff:view")
@asks()
def staff_list(request: HttpRequest) -> HttpResponse:
    text = asked(request).get("q", "")
    page = paginate(request, visible_staff(request.user, text))
    return render_page(request, "accounts/staff/list.html", {"page": page, "text": text}, fragment="rows")


@requires("staff:manage")
@requires_step_up
@exactly_once
def staff_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@requires("staff:manage")
@requires_step_up
@exactly_once
def staff_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _edit(request, get_object_or_404(User, pk=pk))


def _edit(request: HttpRequest, user: User | None) -> HttpResponse:
    form = StaffForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            save_staff(user=user, by=request.user, **form.cleaned_data)
            return redirect("accounts:staff-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "person": user}
    return render(request, "accounts/staff/form.html", context, status=422 if form.is_bound else 200)


@requires("staff:manage")
@require_POST
@exactly_once
def staff_invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    invite(user=get_object_or_404(User, pk=pk, is_active=True), by=request.user)
    return redirect("accounts:staff-list")


@requires("staff:manage")
@requires_step_up
@require_POST
@exactly_once
def staff_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    close_account(user=get_object_or_404(User, pk=pk), by=request.user)
    return redirect("accounts:staff-list")


@requires("staff:manage")
@requires_step_up
@require_POST
@exactly_once
def staff_reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    reopen_account(user=get_object_or_404(User, pk=pk), by=request.user)
    return redirect("accounts:staff-list")
