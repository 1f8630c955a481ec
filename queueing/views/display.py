"""The screens of the waiting rooms. Nobody signs in here; a random key in the address opens one screen."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from queueing import boards
from queueing.boards import Board
from queueing.models import DisplayScreen

WORDS = {
    "called": _("Please come in"),
    "waiting": pgettext_lazy("ticket", "Waiting"),
    "nobody": _("Nobody is called at the moment"),
    "fresh": pgettext_lazy("screen", "Live"),
    "old": _("No connection for %s s"),
}


@login_not_required
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """The bare host shows where a screen's address comes from."""
    return render(request, "queueing/display/welcome.html")


@login_not_required
@require_safe
def display_screen(request: HttpRequest, key: str) -> HttpResponse:
    display = _display_or_404(key)
    response = render(request, "queueing/display/screen.html", _picture(display, key))
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


@login_not_required
@require_safe
def display_board(request: HttpRequest, key: str) -> HttpResponse:
    """The picture alone; 304 while it is the one the screen already shows."""
    display = boards.find_display(key)
    if display is None:
        # the whole page is asked for again and says that this address is no longer valid
        return HttpResponse(status=404, headers={"HX-Refresh": "true"})
    context = _picture(display, key)
    board: Board = context["board"]
    if request.headers.get("If-None-Match") == board.etag:
        response = HttpResponse(status=304)
    else:
        response = render(request, "queueing/display/_board.html", context)
    response["ETag"] = board.etag
    response["Cache-Control"] = "no-store"
    return response


def _display_or_404(key: str) -> DisplayScreen:
    display = boards.find_display(key)
    if display is None:
        raise Http404
    return display


def _picture(display: DisplayScreen, key: str) -> dict[str, Any]:
    mark = boards.current_mark(display.branch_id)  # read before the tables, see boards.remember
    board = boards.draw_board(display)
    boards.remember(display, board, mark)
    return {
        "display": display,
        "key": key,
        "board": board,
        "words": _words(display.languages),
        "rotating": display.language_mode == "rotating",
    }


def _words(languages: list[str]) -> dict[str, dict[str, str]]:
    """The few words of a screen, each by language; what reads the same in two languages stands once."""
    spoken: dict[str, dict[str, str]] = {name: {} for name in WORDS}
    for language in languages:
        with translation.override(language):
            for name, msgid in WORDS.items():
                words = str(msgid)
                if words not in spoken[name].values():
                    spoken[name][language] = words
    return spoken
