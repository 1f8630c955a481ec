"""How allauth behaves for staff: nobody signs up, second-factor secrets are encrypted with the hospital's key."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import crypto
from core.events import publish


class StaffAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """A closed account looks like a wrong password: nobody learns that it exists."""
        messages.error(request, _("The username or the password is not right."))
        return redirect("account_login")

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
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
