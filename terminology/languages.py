"""Which of a row's three names the reader gets."""

from django.utils.translation import get_language

_SUFFIX = {"km": "_km", "zh-hans": "_zh_hans"}


def in_reader_language(row: object, field: str) -> str:
    """Return row.field_km or row.field_zh_hans for such readers where it is filled, otherwise row.field_en."""
    suffix = _SUFFIX.get(get_language() or "en", "_en")
    return getattr(row, f"{field}{suffix}") or getattr(row, f"{field}_en")
