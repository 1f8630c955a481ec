"""Screens of the waiting rooms, for administrators."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.paging import paginate
from queueing.addresses import display_address
from queueing.forms import DisplayForm
from queueing.queries import visible_displays
from queueing.services.displays import create_display, revoke_display

FRESH_KEY = "fresh_display"


@requires("display:manage")
def display_list(request: HttpRequest) -> HttpResponse:
    displays = visible_displays(request.user).prefetch_related("departments", "practitioners")
    # a new screen's address is shown once, right after it was made; only its hash is kept
    fresh = request.session.pop(FRESH_KEY, None)
    context = {"page": paginate(request, displays), "fresh": fresh}
    if fresh:
        context["address"] = display_address(request, fresh["key"])
    return render(request, "queueing/display/list.html", context)


@requires("display:manage")
@exactly_once
def display_new(request: HttpRequest) -> HttpResponse:
    form = DisplayForm(request.POST or None, user=request.user, branch=request.workplace.branch)
    if request.method == "POST" and form.is_valid():
        try:
            display, key = create_display(by=request.user, **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            request.session[FRESH_KEY] = {"key": key, "name": display.name}
            return redirect("queueing:display-list")
    return render(request, "queueing/display/form.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("display:manage")
@require_POST
@exactly_once
def display_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    display = get_object_or_404(visible_displays(request.user), pk=pk)
    revoke_display(display=display, by=request.user)
    return redirect("queueing:display-list")
