"""What every request of a visit passes through: it may look, and nothing else."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import SupportVisit
from accounts.services.visits import end_visit, running_visit
from core.methods import only_reads

ACTS = ("/login/visit/end/", "/logout/", "/set-language/", "/set-theme/")  # the only forms a visitor may send
SECRET = ("/account/", "/staff/single-sign-on/")  # the person's own codes, keys and sessions
PAGES = ("text/html", "application/json", "text/plain")


class SupportVisitMiddleware:
    """Ends a visit that is over, refuses every act and every file, and names both people for the trail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.visit = None
        if not request.user.is_authenticated or "visit" not in request.session:
            return self.get_response(request)
        visit = running_visit(request.session)
        if visit is None:
            return _over(request)
        request.visit, request.acting = visit, (visit.actor, visit.reason)
        if _is_refused(request):
            return _refusal(request, visit)
        response = self.get_response(request)
        return _refusal(request, visit) if _is_file(response) else response


def _is_refused(request: HttpRequest) -> bool:
    if request.path.startswith(SECRET):
        return True
    return not only_reads(request) and not request.path.startswith(ACTS)


def _is_file(response: HttpResponse) -> bool:
    """Everything that is not a page of ours: exports, prints and pictures of papers stay in the house."""
    kind = response.get("Content-Type", "").partition(";")[0]
    named = response.has_header("Content-Disposition")
    return response.status_code == 200 and (named or (bool(kind) and kind not in PAGES))


def _refusal(request: HttpRequest, visit: SupportVisit) -> HttpResponse:
    return render(request, "accounts/visit/refused.html", {"visit": visit}, status=403)


def _over(request: HttpRequest) -> HttpResponse:
    end_visit(visit_id=request.session["visit"])
    request.session.flush()
    request.user = AnonymousUser()
    return redirect("account_login")
