"""Finds the hospital and the surface by host name; everything after this line works in that hospital's schema."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.utils import translation

from hospitals.models import Domain, Hospital
from hospitals.states import HospitalStatus

KEEP_SECONDS = 5.0  # how long a process may go on serving a hospital after its suspension

_known: dict[str, tuple[float, tuple[Hospital, str] | None]] = {}


class HospitalMiddleware:
    """Sets ``request.hospital``, ``request.surface``, the URL map and the schema; unknown hosts get a plain 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        try:
            host = request.get_host().partition(":")[0].lower()
        except DisallowedHost:
            return HttpResponseNotFound("Not found", content_type="text/plain")
        if surface := _platform_surface(host):
            request.hospital, request.surface = None, surface
        elif found := find_hospital(host):
            request.hospital, request.surface = found
        else:
            return HttpResponseNotFound("Not found", content_type="text/plain")
        if request.hospital is not None:
            request.tenant = request.hospital  # where there is none, django-tenants wants the attribute absent
        request.urlconf = f"config.urls_{request.surface}"
        return self._serve(request)

    def _serve(self, request: HttpRequest) -> HttpResponse:
        hospital = request.hospital
        if hospital is None:
            return self.get_response(request)
        if hospital.status == HospitalStatus.SUSPENDED:
            return _closed(request, "hospitals/suspended.html", 403)
        if not hospital.is_open:
            return _closed(request, "hospitals/not_ready.html", 503)
        connection.set_tenant(hospital)
        try:
            return self.get_response(request)
        finally:
            connection.set_schema_to_public()


def _closed(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """A page in the reader's language: the middleware that knows it stands further in, and is not reached."""
    with translation.override(translation.get_language_from_request(request)):
        return render(request, template, {"hospital": request.hospital}, status=status)


def _platform_surface(host: str) -> str:
    if host == settings.CONSOLE_HOST:
        return "console"
    return "landing" if host in settings.PLATFORM_HOSTS else ""


def find_hospital(host: str) -> tuple[Hospital, str] | None:
    """Return the hospital and surface of a host; archived hospitals do not exist. Kept a few seconds per process."""
    known = _known.get(host)
    if known and known[0] > time.monotonic():
        return known[1]
    domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    found = None
    if domain and domain.tenant.status != HospitalStatus.ARCHIVED:
        found = (domain.tenant, domain.surface)
    if found or len(_known) < 1_000:  # unknown hosts must not fill the memory
        _known[host] = (time.monotonic() + KEEP_SECONDS, found)
    return found


def forget_hospitals() -> None:
    """Drop what this process keeps, so that a change is seen at once."""
    _known.clear()
