"""How allauth behaves for staff: nobody signs up, second-factor secrets are encrypted with the hospital's key."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.devices import known_device, remember_person
from accounts.models import User
from accounts.queries import active_sso_provider
from accounts.services import attempts
from accounts.sso import client, session
from accounts.stepup import is_fresh
from audit.services import record_event
from core import crypto
from core.events import publish
from core.rates import too_many

WRONG = _("The username or the password is not right.")


class StaffAccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Look at a password, unless too many were wrong: then a page says how long to wait."""
        login = credentials.get("username") or credentials.get("email") or ""
        address = self.get_client_ip(request)
        try:
            attempt = attempts.begin(login=login, address=address, device=known_device(request, login))
        except attempts.TooSoon as wait:
            raise ImmediateHttpResponse(too_many(request, wait.seconds)) from wait
        user = authenticate(request, **credentials)
        if user is not None:
            attempts.give_back(attempt)
        elif attempt.slowed:
            record_event("sign_in_slowed", "accounts_user", seconds=attempt.slowed)
        return user

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **facts: Any) -> HttpResponse:
        """Signed in: this device and this address are the person's from now on."""
        response = super().post_login(request, user, **facts)
        person = cast(User, user)
        for login in filter(None, (person.username, person.email)):
            attempts.remember_place(login=login, address=self.get_client_ip(request))
        remember_person(request, response, person.username, person.email)
        return response

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "accounts.stages.EmailCodeStage"]

    def logout(self, request: HttpRequest) -> None:
        """Who came by single sign-on is signed out at the provider as well (RP-initiated logout).

        The answer itself leads there, from a page of ours, for a form may only lead to our own addresses. Nothing of
        it waits in the session: a request still under way with the old one would take the new one's cookie away.
        """
        address = self._leaving(request)
        super().logout(request)
        if address:
            raise ImmediateHttpResponse(render(request, "accounts/sso/leaving.html", {"address": address}))

    def _leaving(self, request: HttpRequest) -> str:
        token, provider = session.kept_token(request), active_sso_provider()
        if not token or provider is None:
            return ""
        return client.leaving(provider, id_token=token, back=request.build_absolute_uri(settings.LOGIN_URL))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in sets up a second factor without typing the password again."""
        return not is_fresh(context.request)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """A closed account looks like a wrong password: nobody learns that it exists."""
        messages.error(request, WRONG)
        return redirect("account_login")

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        """The mail, and the token in it, are made by a worker after the commit; see notifications."""
        with transaction.atomic():
            publish("accounts.password_reset_asked", user_id=user.pk)

    def get_client_ip(self, request: HttpRequest) -> str:
        return request.META.get("REMOTE_ADDR", "")

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Signing in and out needs no toast; the page itself shows it."""


class EncryptedMfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text.encode(), aad=self._aad())

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, aad=self._aad()).decode()

    def _aad(self) -> str:
        return f"{connection.schema_name}|mfa_authenticator.data"
