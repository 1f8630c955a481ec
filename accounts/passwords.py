"""What a password may not be: short, common in a thin disguise, or made of the person's or the hospital's own words."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.preferences import preference

SHORTEST_WORD = 4
SHORTEST_NAME = 3  # Sok, Lin, Keo
_DISGUISE = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})


class LengthValidator:
    """At least as long as the hospital asks (preference accounts.password_length)."""

    def validate(self, password: str, user: Any = None) -> None:
        least = preference("accounts.password_length")
        if len(password) < least:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        least = preference("accounts.password_length")
        return ngettext(
            "The password needs at least %(least)d character.",
            "The password needs at least %(least)d characters.",
            least,
        ) % {"least": least}


class DisguisedWordValidator:
    """``P@ssw0rd2026!`` is ``password``: figures and signs around a common password, or in place of letters."""

    @cached_property
    def common(self) -> set[str]:
        return CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        if any(bare in self.common for bare in _bare(password)):
            raise ValidationError(self.get_help_text(), code="password_disguised")

    def get_help_text(self) -> str:
        return _("The password is a common one with figures or signs around it.")


def _bare(password: str) -> Iterator[str]:
    lower = password.lower()
    for plain in (lower, lower.translate(_DISGUISE)):
        stripped = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
        if len(stripped) >= SHORTEST_WORD:
            yield stripped
        half = plain[: len(plain) // 2]
        if len(half) >= SHORTEST_WORD and plain == half * 2:
            yield half
    stripped = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lower).translate(_DISGUISE)
    if len(stripped) >= SHORTEST_WORD:
        yield stripped


class OwnWordsValidator:
    """Colleagues know each other's names, and everybody knows the hospital's."""

    def validate(self, password: str, user: Any = None) -> None:
        lower = password.lower()
        if any(word in lower or word in lower.translate(_DISGUISE) for word in {*_of_person(user), *_of_hospital()}):
            raise ValidationError(self.get_help_text(), code="password_own_words")

    def get_help_text(self) -> str:
        return _("The password must not contain your name or the name of the hospital.")


def _of_person(user: Any) -> Iterator[str]:
    for name in ("username", "full_name", "full_name_native"):
        yield from _words(getattr(user, name, ""), SHORTEST_NAME)
    yield from _words(getattr(user, "email", "").partition("@")[0], SHORTEST_NAME)


def _of_hospital() -> Iterator[str]:
    hospital = getattr(connection, "tenant", None)
    for name in ("name_en", "name_km", "name_zh_hans"):
        yield from _words(getattr(hospital, name, "") or "", least=2 if name == "name_zh_hans" else SHORTEST_WORD)
    yield from _words(connection.schema_name)
    yield from _words(settings.PLATFORM_NAME)


def _words(text: str, least: int = SHORTEST_WORD) -> Iterator[str]:
    for word in re.split(r"[\W\d_]+", text.lower()):
        if len(word) >= least and word not in {"hospital", "clinic", "public"}:
            yield word
