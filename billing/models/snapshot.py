"""A text as it stood when money was asked for, in the three languages, never translated again."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation

SUFFIXES = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}


def snapshot(field: str, text: Any) -> dict[str, str]:
    """Column values that freeze `text` (a lazy or plain string, or a mapping by language code) under `field`."""
    if isinstance(text, Mapping):
        return {f"{field}_{suffix}": str(text.get(code) or "") for code, suffix in SUFFIXES.items()}
    values = {}
    for code, suffix in SUFFIXES.items():
        with translation.override(code):
            values[f"{field}_{suffix}"] = str(text)
    return values


def read_snapshot(row: Any, field: str) -> str:
    """The frozen text in the reader's language, English where that one is empty."""
    suffix = SUFFIXES.get(translation.get_language() or "en", "en")
    return getattr(row, f"{field}_{suffix}") or getattr(row, f"{field}_en")


def copy_snapshot(row: Any, field: str) -> dict[str, str]:
    """The columns of a frozen text, to carry it into the next document."""
    return {f"{field}_{suffix}": getattr(row, f"{field}_{suffix}") for suffix in SUFFIXES.values()}
