"""A test client that stands at one door of one hospital, signed in as one person."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.signals import setting_changed
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.models import User
from accounts.services.sessions import begin_session
from accounts.session_store import SessionStore
from accounts.signs import remember_device

PLATFORM_HOST = {"landing": "localhost", "console": "console.localhost"}


_handlers: dict[bool, ClientHandler] = {}  # middleware is loaded once a process: it walks all static files
setting_changed.connect(lambda **_changed: _handlers.clear(), weak=False)


def host_of(hospital: str, surface: str) -> str:
    """The host name of a surface: portal.samaki.localhost, console.localhost, …"""
    return PLATFORM_HOST.get(surface) or f"{surface}.{hospital}.localhost"


class HospitalClient(Client):
    """Sends the right Host header, and leaves the test in the schema it was in: a request returns to public."""

    def __init__(self, hospital: str = "samaki", surface: str = "portal", **defaults: Any) -> None:
        super().__init__(HTTP_HOST=host_of(hospital, surface), **defaults)
        self.handler = _handlers.setdefault(self.handler.enforce_csrf_checks, self.handler)
        self.hospital, self.surface = hospital, surface
        self.user: User | None = None

    def request(self, **request: Any) -> HttpResponse:
        tenant = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(tenant)

    def sign_in(self, user: User, *, fresh: bool = True) -> None:
        """Sign in without the form, just now; a second factor counts as given where the role asks for one.

        The session alone is made: nothing of it stands in the trail.
        """
        self.user = user
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        begin_session(user=user, session=session, surface=self.surface, agent="", address="127.0.0.1")
        if fresh:
            session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
            session["account_authentication_methods_user"] = str(user.pk)
        if user.needs_second_factor:
            session[DEVICE_ID_SESSION_KEY] = remember_device(user).persistent_id
        session.save()
        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    def htmx(self, path: str, data: Any = None, *, method: str = "get", target: str = "") -> HttpResponse:
        """A request as HTMX sends it."""
        headers = {
            "HX-Request": "true",
            "HX-Target": target,
            "HX-Current-URL": f"http://{self.defaults['HTTP_HOST']}{path}",
        }
        return getattr(self, method)(path, data, headers=headers)
