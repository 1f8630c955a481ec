"""Questions about people: what somebody types to find a person never stands in an address.

A search sends its words in the body of a POST. HTMX is answered with the rows at once, and with the address to show
beside them; a browser without JavaScript is led to that address. There the words are sealed (``?find=…``), so that
reload, the back button and the pages of a list work as ever, while history, proxies and logs keep nothing of them. A
seal opens only in the hospital, for the person and in the session it was made for. What says nothing of a person (a
status, a date) stays plain in the address and may be shared.
"""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.response import HttpResponseRedirect

from core.crypto import decrypt, encrypt
from core.htmx import wants_fragment
from core.keyring import KeyProblem

FIND = "find"
METHODS = ("GET", "HEAD", "POST")
LONGEST = 200  # characters of one field that are carried in an address
NEVER_SHOWN = {"csrfmiddlewaretoken", "_once", "page", "before", FIND}

View = Callable[..., HttpResponse]


def asks(*plain: str) -> Callable[[View], View]:
    """Let a view that only reads be asked by POST; only the fields named ``plain`` may stand readable in an address.

    Stands directly below ``@requires``. The view reads ``asked(request)`` instead of ``request.GET``.
    """

    def mark(view: View) -> View:
        @functools.wraps(view)
        def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            _take_up(request, plain)
            if request.method != "POST":
                return view(request, *args, **kwargs)
            if not kwargs and not wants_fragment(request):
                return HttpResponseRedirect(_address(request))
            response = view(request, *args, **kwargs)  # a record that is named and not visible is 404 here as well
            if not wants_fragment(request):
                return HttpResponseRedirect(_address(request))
            if _is_page_of(request):
                response["HX-Replace-Url"] = _address(request)
            return response

        asking.asks = plain  # type: ignore[attr-defined]  # for core.methods and the components
        return asking

    return mark


def asked(request: HttpRequest) -> QueryDict:
    """What is asked for, words about people included, whether they came plain, sealed or in the body."""
    taken: QueryDict | None = getattr(request, "_asked", None)
    return _opened(request, request.GET) if taken is None else taken


def address_query(request: HttpRequest) -> QueryDict:
    """What of the question may stand in an address; a copy to add a page to."""
    shown: QueryDict | None = getattr(request, "_shown", None)
    return (request.GET if shown is None else shown).copy()


def sealed(request: HttpRequest, **words: str) -> str:
    """The query of an address that carries words about a person: ``find=…``; empty without words."""
    query = QueryDict(mutable=True)
    if given := {name: [word] for name, word in words.items() if word}:
        query[FIND] = _seal(request, given)
    return query.urlencode()


def asks_about_people(request: HttpRequest) -> bool:
    """Whether the search form of this page has to be sent by POST."""
    match = request.resolver_match
    return match is not None and hasattr(match.func, "asks")


def _take_up(request: HttpRequest, plain: tuple[str, ...]) -> None:
    typed = request.POST if request.method == "POST" else _opened(request, request.GET)
    question, shown, words = QueryDict(mutable=True), QueryDict(mutable=True), {}
    for name, values in typed.lists():
        if name in NEVER_SHOWN:
            continue
        question.setlist(name, values)
        given = [value for value in values if value]
        if name in plain:
            shown.setlist(name, given)
        elif given:
            words[name] = [value[:LONGEST] for value in given]
    if words:
        shown[FIND] = _seal(request, words)
    request._asked, request._shown = question, shown  # type: ignore[attr-defined]


def _opened(request: HttpRequest, query: QueryDict) -> QueryDict:
    """The query with its seal opened; a seal of somebody else is no question."""
    if FIND not in query:
        return query
    opened = query.copy()
    token = opened.pop(FIND)[-1]
    try:
        words = json.loads(decrypt(str(token), aad=_bound(request)))
    except (KeyProblem, ValueError):
        return opened
    for name, values in words.items():
        opened.setlist(name, values)
    return opened


def _seal(request: HttpRequest, words: Mapping[str, list[str]]) -> str:
    return encrypt(json.dumps(dict(words), ensure_ascii=False).encode(), aad=_bound(request))


def _bound(request: HttpRequest) -> str:
    return f"question|{request.user.pk}|{request.session.session_key}"


def _address(request: HttpRequest) -> str:
    query = address_query(request).urlencode()
    return f"{request.path}?{query}" if query else request.path


def _is_page_of(request: HttpRequest) -> bool:
    """Whether the browser stands on the page whose rows are asked for; another page keeps its own address."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path == request.path
