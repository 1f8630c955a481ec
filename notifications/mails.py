"""What our mails say. Rooms declare theirs in apps.ready(); the words are made at the moment of sending.

A mail is asked for by name and by ids. Anything personal or secret (a name, a link with a token) is put together here,
in the worker, and never lies in a queue or a table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

Context = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Recipient:
    """Somebody outside the staff who is written to: the address, and the language of the mail."""

    email: str
    language: str


def member_of_staff(pk: UUID) -> Any:
    return get_user_model().objects.filter(pk=pk).first()


@dataclass(frozen=True)
class Mail:
    """A kind of mail: templates/mail/<name>.txt and <name>_subject.txt, filled by `context(user, **params)`.

    `recipient(pk)` gives whom it goes to, with `email` and `language`, or None where nobody may be written to.
    """

    name: str
    context: Context
    recipient: Callable[[UUID], Any] = member_of_staff


_declared: dict[str, Mail] = {}


class MailUnknown(LookupError):
    """A mail was asked for that no room declares."""


def declare(
    name: str,
    *,
    context: Context = lambda user, **params: params,
    recipient: Callable[[UUID], Any] = member_of_staff,
) -> None:
    """Make a mail known under `name`. Its context is what the templates see besides `user` and `platform`.

    A mail to patients names its own `recipient`, which asks patients.consents (a guard looks).
    """
    _declared[name] = Mail(name, context, recipient)


def find(name: str) -> Mail:
    try:
        return _declared[name]
    except KeyError:
        raise MailUnknown(name) from None


def compose(name: str, user, params: dict[str, Any]) -> EmailMessage:
    """The mail `name` for this person, in that person's language."""
    mail = find(name)
    with translation.override(getattr(user, "language", "") or settings.LANGUAGE_CODE):
        context = {"user": user, "platform": settings.PLATFORM_NAME, **mail.context(user, **params)}
        subject = " ".join(render_to_string(f"mail/{name}_subject.txt", context).split())
        body = render_to_string(f"mail/{name}.txt", context)
    return EmailMessage(subject=subject, body=body, to=[user.email])
