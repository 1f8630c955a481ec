"""Where I am signed in, and the means to end it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import SessionEnd
from accounts.permissions import open_to_staff
from accounts.queries import sessions_of
from accounts.services.sessions import end_sessions
from core.once import exactly_once


@open_to_staff
def session_list(request: HttpRequest) -> HttpResponse:
    opened, ended = sessions_of(request.user)
    present = request.session.get("kept", "")
    opened.sort(key=lambda one: str(one.pk) != present)
    context = {"opened": opened, "ended": ended, "present": present}
    return render(request, "accounts/session/list.html", context)


@open_to_staff
@require_POST
@exactly_once
def session_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of my sessions; somebody else's does not exist. Ending the present one leads to the sign-in."""
    if not end_sessions(user=request.user, why=SessionEnd.ENDED, only=pk):
        raise Http404
    return redirect("sessions:session-list")


@open_to_staff
@require_POST
@exactly_once
def session_end_others(request: HttpRequest) -> HttpResponse:
    end_sessions(user=request.user, why=SessionEnd.ENDED, besides=request.session)
    return redirect("sessions:session-list")
