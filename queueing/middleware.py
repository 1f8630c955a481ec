"""Answers the one question that is asked all day: did anything change on this screen?"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from queueing.boards import is_unchanged

POLL = re.compile(r"^/display/([\w-]{16,64})/board/$")


class DisplayPollMiddleware:
    """304 for an unchanged screen before sessions, languages and everything else are set up.

    Stands right behind the hospital's middleware: the schema is known, nothing more is needed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        etag = request.headers.get("If-None-Match")
        if etag and request.surface == "queue" and (poll := POLL.match(request.path)) and is_unchanged(poll[1], etag):
            answer = HttpResponseNotModified()
            answer["ETag"] = etag
            return answer
        return self.get_response(request)
