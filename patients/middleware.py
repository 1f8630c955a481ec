"""What a record that was opened by breaking the glass looks like: pages without acts, papers that say so."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from core.acts import without_acts
from patients.access import grant_behind, is_acting, open_grants
from patients.errors import RecordIsReadOnly


def glass_in_words() -> str:
    """What every paper of the present request says: who opened the record by breaking the glass, and when."""
    grant = grant_behind()
    if grant is None:
        return ""
    opened = timezone.localtime(grant.opened_at)
    facts = {"name": grant.user_name, "time": f"{opened:%Y-%m-%d %H:%M}"}
    return _("Opened by breaking the glass: %(name)s, %(time)s") % facts


class BrokenGlassMiddleware:
    """Takes the acts out of every page of a record behind broken glass, whichever room made it.

    They would be refused: an act on such a record finds nothing (patients.access). Who acts all the same, by an address
    they remember, reads why instead of "not found".
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and grant_behind() is not None:
            page = without_acts(response.content.decode(), is_act=lambda to, sent: _is_act(to, sent, request))
            response.content = page.encode()
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Http404) or request.surface != "portal" or not is_acting():
            return None
        user = request.user
        if not user.is_authenticated or not user.may("record:break_glass") or not open_grants(user).exists():
            return None
        return render(request, "409.html", {"error": RecordIsReadOnly()}, status=403)


def _is_act(address: str, sent: bool, request: HttpRequest) -> bool:
    """Whether going there, or sending a form there, would act, as patients.access judges requests."""
    path = address.partition("#")[0].partition("?")[0]
    if not path.startswith("/") or path.startswith("//"):
        return sent
    try:
        view = resolve(path, request.urlconf).func
    except Resolver404:
        return sent
    return not hasattr(view, "asks") if sent else getattr(view, "acts_once", False)
