"""Mails to staff about their own accounts. Links and their tokens are made when the mail is sent."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import EmailCode, Invitation, User
from accounts.services.email_codes import digits_of
from accounts.services.staff import INVITATION_DAYS, invitation_token
from notifications import mails
from notifications.addresses import absolute, hospital_name

URLCONFS = {True: "config.urls_console", False: "config.urls_portal"}


def invitation(user: User, *, invitation_id: str) -> dict[str, Any]:
    """Somebody was given an account and chooses a password by this link."""
    token = invitation_token(Invitation.objects.get(pk=invitation_id))
    link = absolute(_path("welcome:accept", args=[token]))
    return {"link": link, "days": INVITATION_DAYS, "hospital": hospital_name()}


def password_reset(user: User) -> dict[str, Any]:
    """Somebody, hopefully this person, wants a new password."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return {"link": absolute(_path("account_reset_password_from_key", kwargs=key)), "hospital": hospital_name()}


def email_code(user: User, *, code_id: str) -> dict[str, Any]:
    """The digits are worked out here, in the worker: no table and no queue holds them."""
    code = EmailCode.objects.get(pk=code_id)
    until = date_format(localtime(code.expires_at), "TIME_FORMAT")
    return {"digits": digits_of(code), "until": until, "hospital": hospital_name() or settings.PLATFORM_NAME}


def _path(name: str, **options: Any) -> str:
    return reverse(name, urlconf=URLCONFS[connection.schema_name == "public"], **options)


mails.declare("invitation", context=invitation)
mails.declare("email_code", context=email_code)
mails.declare("password_reset", context=password_reset)
