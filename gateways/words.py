"""Words for people who have chosen no language."""

from typing import Any

from django.conf import settings
from django.utils import translation


def in_every_language(words: Any) -> list[tuple[str, str]]:
    """A few words in each language of the hospital, Khmer first, with the language's code."""
    said = []
    for code, _name in sorted(settings.LANGUAGES, key=lambda one: one[0] != "km"):
        with translation.override(code):
            said.append((code, str(words)))
    return said
