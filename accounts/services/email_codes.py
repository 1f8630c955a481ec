"""Codes by email: sent a few times an hour, valid for minutes, in one session, for one use and a handful of tries."""

import hmac
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from accounts.models import CodePurpose, EmailCode, EmailFactor, User
from core.clock import now
from core.events import publish
from core.preferences import preference
from core.text import normalise

LIFETIME = timedelta(minutes=10)
PAUSE = timedelta(seconds=60)
AN_HOUR = 6  # codes for one person
DIGITS = 6
KEPT = timedelta(days=1)


def email_codes_count() -> bool:
    """Whether this hospital takes a code by email as a second factor."""
    return preference("accounts.email_codes")


def has_email_factor(user: User) -> bool:
    """Whether the person may prove themselves by a code sent to the address they have now."""
    if not user.email or not email_codes_count():
        return False
    return EmailFactor.objects.filter(user=user, address=user.email).exists()


@transaction.atomic
def send_code(*, user: User, purpose: str) -> EmailCode | None:
    """Have a code mailed to the person's address; None where one was sent a moment ago, or too many within the hour.

    The person's row is locked, so that of two requests at once one sends.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    moment = now()
    sent = EmailCode.objects.filter(user=user, created_at__gt=moment - timedelta(hours=1))
    if not user.email or sent.count() >= AN_HOUR or sent.filter(created_at__gt=moment - PAUSE).exists():
        return None
    code = EmailCode.objects.create(
        user=user, purpose=purpose, address=user.email, created_at=moment, expires_at=moment + LIFETIME
    )
    publish("accounts.email_code_asked", code_id=code.pk)
    return code


def digits_of(code: EmailCode) -> str:
    """The six digits of a code that was asked for, as its mail says them."""
    key = salted_hmac(f"accounts.email_code|{connection.schema_name}", str(code.pk), algorithm="sha256")
    return f"{int.from_bytes(key.digest()[:8]) % 10**DIGITS:0{DIGITS}}"


@transaction.atomic
def spend_code(*, code_id: UUID | str, user: User, purpose: str, typed: str) -> bool:
    """Use a code up; False for a wrong, spent, outdated or foreign one, which nobody can tell apart.

    Each attempt counts, also of two at once, for the row is locked; the caller must let this transaction stand.
    """
    found = EmailCode.objects.select_for_update().filter(pk=code_id, user=user, purpose=purpose, address=user.email)
    code = found.first()
    if code is None or not code.is_open:
        return False
    code.tries += 1
    given = "".join(normalise(typed).split())
    is_right = hmac.compare_digest(given.encode(), digits_of(code).encode())
    if is_right:
        code.used_at = now()
    code.save(update_fields=["tries", "used_at", "updated_at"])
    return is_right


@transaction.atomic
def enrol_email(*, code_id: UUID | str, user: User, typed: str) -> bool:
    """From now on codes sent to this address count for the person, where the typed code is the one that was sent."""
    if not spend_code(code_id=code_id, user=user, purpose=CodePurpose.ENROL, typed=typed):
        return False
    EmailFactor.objects.update_or_create(user=user, defaults={"address": user.email})
    return True


def drop_email_factor(*, user: User) -> None:
    EmailFactor.objects.filter(user=user).delete()


def forget_old_codes() -> int:
    """Forget codes that could open nothing any more for a day; returns how many."""
    return EmailCode.objects.filter(created_at__lt=now() - KEPT).delete()[0]
