"""Forms that act exactly once.

Every acting form carries a key. The view runs in one transaction whose first statement inserts the key: a second copy
of the form, sent by a double click, the back button or a retry, waits there for the first to commit and is answered
with the first one's redirect. Whatever is not a redirect rolls the transaction back, and the key with it, so that a
corrected form acts.
"""

import functools
import uuid
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import DomainError
from core.ids import new_id
from core.models import Submission

FIELD = "_once"
_REDIRECTS = {301, 302, 303, 307, 308}
_INSERT = """
    INSERT INTO core_submission (key, view, path, actor_id, answer, location, created_at)
    VALUES (%s, %s, %s, %s, 'redirect', '', %s) ON CONFLICT (key) DO NOTHING
"""

View = Callable[..., HttpResponse]


class KeyUsedElsewhere(DomainError):
    """The key belongs to a form of another page or another person."""

    message = _("This form was made for another page. Reload the page and send it again.")
    code = "form_key_used_elsewhere"


def new_key() -> str:
    """Return the key of one form on one page."""
    return str(new_id())


def exactly_once(view: View) -> View:
    """Let a POST of the view act once per form key.

    Stands directly below ``@requires``. An acting view answers a POST with a redirect, or with a status from 400
    upwards when nothing was done; a status 2xx after a POST is a mistake of the program and raises RuntimeError.
    """

    @functools.wraps(view)
    def acting_once(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = _key_of(request)
        if key is None:
            return render(request, "422.html", status=422)
        with transaction.atomic():
            if not _claim(key, request, view):
                return _first_answer(key, request, view)
            response = view(request, *args, **kwargs)
            _keep(key, response) if _is_redirect(response) else _give_back(view, response)
            return response

    acting_once.acts_once = True  # type: ignore[attr-defined]  # for guards over the URL maps
    return acting_once


def _key_of(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _identity(request: HttpRequest, view: View) -> tuple[str, str, str]:
    name = f"{view.__module__}.{view.__qualname__}"
    user = getattr(request, "user", None)
    return name, request.path[:500], str(user.pk) if user and user.is_authenticated else ""


def _claim(key: uuid.UUID, request: HttpRequest, view: View) -> bool:
    """Insert the key; wait for another transaction that has just inserted it. False when that one was committed."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [key, *_identity(request, view), clock.now()])
        return cursor.rowcount == 1


def _first_answer(key: uuid.UUID, request: HttpRequest, view: View) -> HttpResponse:
    first = Submission.objects.get(key=key)
    if (first.view, first.path, first.actor_id) != _identity(request, view):
        raise KeyUsedElsewhere()
    if first.answer == Submission.Answer.HX_REDIRECT and request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": first.location})
    return HttpResponse(status=302, headers={"Location": first.location})


def _is_redirect(response: HttpResponse) -> bool:
    return response.status_code in _REDIRECTS or response.has_header("HX-Redirect")


def _keep(key: uuid.UUID, response: HttpResponse) -> None:
    by_htmx = response.has_header("HX-Redirect")
    Submission.objects.filter(key=key).update(
        answer=Submission.Answer.HX_REDIRECT if by_htmx else Submission.Answer.REDIRECT,
        location=response["HX-Redirect" if by_htmx else "Location"],
    )


def _give_back(view: View, response: HttpResponse) -> None:
    if response.status_code < 400:
        raise RuntimeError(
            f"{view.__qualname__} answered a POST with {response.status_code}: an act ends with a redirect, "
            "an invalid form with 422"
        )
    transaction.set_rollback(True)
