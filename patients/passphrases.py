"""Passphrases for archives: long enough for no machine, short enough to be written down and typed at home."""

import re
import secrets
from string import ascii_lowercase, digits

_LETTERS = "".join(sorted({*ascii_lowercase, *digits} - {*"lo01"}))  # none that looks like another
_GROUPS, _LENGTH = 5, 4
_FORM = re.compile(rf"[{_LETTERS}]{{{_LENGTH}}}(-[{_LETTERS}]{{{_LENGTH}}}){{{_GROUPS - 1}}}")


def new_passphrase() -> str:
    """Five groups of four signs out of 32: 100 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(_GROUPS))


def is_passphrase(text: str) -> bool:
    """Whether the text has the form of one of ours."""
    return _FORM.fullmatch(text) is not None
