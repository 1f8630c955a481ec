"""Brings the shipped code lists into the public schema; repeatable, and quick when nothing has changed."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from core import clock
from terminology import sources
from terminology.models import Division, Edition, Icd10Code, Icd10Word
from terminology.queries import forget_divisions

BATCH = 2_000


@transaction.atomic
def load_terminology(*, force: bool = False) -> dict[str, int]:
    """Insert or refresh ICD-10 and the divisions; return rows written by table, empty when the edition is in place.

    Codes that a new edition no longer has stay, for old records show their names by them.
    """
    fingerprint = sources.fingerprint()
    if not force and Edition.objects.filter(name="shipped", fingerprint=fingerprint).exists():
        return {}
    codes = sources.icd10_codes()
    written = {
        "icd10": _write(Icd10Code, codes),
        "words": len(Icd10Word.objects.bulk_create(sources.icd10_words(codes), BATCH, ignore_conflicts=True)),
        "divisions": _write(Division, sources.divisions()),
    }
    forget_divisions()
    Edition.objects.update_or_create(name="shipped", defaults={"fingerprint": fingerprint, "loaded_at": clock.now()})
    return written


def _write(model: type[models.Model], rows: Iterable[Any]) -> int:
    changing = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    written = model._default_manager.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, update_fields=changing, unique_fields=["code"]
    )
    return len(written)
