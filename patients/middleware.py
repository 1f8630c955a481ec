"""Says why nothing can be changed in a record that was opened by breaking the glass."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from patients.access import is_acting, open_grants
from patients.errors import RecordIsReadOnly


class BrokenGlassMiddleware:
    """An act on a record behind broken glass finds nothing (patients.access); the person reads why, not "not found"."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Http404) or request.surface != "portal" or not is_acting():
            return None
        user = request.user
        if not user.is_authenticated or not user.may("record:break_glass") or not open_grants(user).exists():
            return None
        return render(request, "409.html", {"error": RecordIsReadOnly()}, status=403)
