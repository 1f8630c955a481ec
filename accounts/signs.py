"""Reactions to signing in: the session remembers its door, the second factor is noted, the trail is written."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal, receiver
from django.http import HttpRequest
from django_otp import login as otp_login

from accounts.backends import find_person
from accounts.models import AuthenticatorDevice, SessionEnd, User
from accounts.services import sessions
from accounts.services.email_codes import has_email_factor
from audit import context
from audit.services import record_event


def remember_device(user: User) -> AuthenticatorDevice:
    return AuthenticatorDevice.objects.get_or_create(user=user, defaults={"name": "sign-in", "confirmed": True})[0]


def forget_device(user: User) -> None:
    """The last second factor may be gone: then the person counts as verified nowhere."""
    left = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if not left.exists() and not has_email_factor(user):
        AuthenticatorDevice.objects.filter(user=user).delete()


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    sessions.begin_session(
        user=user,
        session=request.session,
        surface=getattr(request, "surface", ""),
        agent=request.META.get("HTTP_USER_AGENT", ""),
        address=request.META.get("REMOTE_ADDR", ""),
    )
    records = get_authentication_records(request, user)
    if any(record.get("method") == "mfa" for record in records):
        otp_login(request, remember_device(user))
    if "visit" in request.session:
        return  # the visit itself is on record
    with context(actor_id=str(user.pk), actor=user.username, role=user.role_line):
        record_event("signed_in", "accounts_user", user.pk)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        sessions.note_end(request.session, SessionEnd.SIGNED_OUT)
        record_event("signed_out", "accounts_user", user.pk)


@receiver(user_login_failed)
def _refused(credentials: dict[str, Any], **kwargs: Any) -> None:
    """What was typed is not kept: people type their password into the wrong field. A known account is named by id."""
    person = find_person(credentials.get("username") or credentials.get("email") or "")
    why = "unknown" if person is None else "password" if person.is_active else "closed"
    record_event("sign_in_refused", "accounts_user", person.pk if person else "", why=why)


@receiver([password_changed, password_set, password_reset])
def _password_changed(request: HttpRequest, user: User, signal: Signal, **kwargs: Any) -> None:
    record_event("password_changed", "accounts_user", user.pk, by_mail=signal is password_reset)
    here = request.session if request.user.is_authenticated else None
    if here is not None:
        sessions.touch(here, request.META.get("REMOTE_ADDR", ""))  # the store gave it a new key
    sessions.end_sessions(user=user, why=SessionEnd.PASSWORD, besides=here)


@receiver(authenticator_added)
def _enrolled(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    device = remember_device(user)
    otp_login(request, device)


@receiver(authenticator_removed)
def _removed(user: User, **kwargs: Any) -> None:
    forget_device(user)


@receiver(authentication_failed)
def _wrong_code(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    record_event("second_factor_refused", "accounts_user", user.pk, factor=str(authenticator.type))
