"""Reads of the shared code lists."""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from core.text import normalise
from terminology.models import Division, Icd10Code
from terminology.models.division import Level

_LIKEST = """
    SELECT coalesce(
        (SELECT word FROM terminology_icd10word WHERE word LIKE typed || '%%' LIMIT 1),
        (SELECT word FROM terminology_icd10word WHERE word %% typed ORDER BY similarity(word, typed) DESC LIMIT 1)
    ), typed
    FROM unnest(%s::text[]) WITH ORDINALITY AS asked (typed, place) ORDER BY place
"""
CODE = re.compile(r"^[a-z]\d", re.IGNORECASE)


def search_icd10(text: str, limit: int = 20) -> list[Icd10Code]:
    """Return selectable ICD-10 codes for the beginning of a code (with or without dot) or words in any language.

    Best first: exact code, then diagnoses common in Cambodia, titles that begin with the words, categories before their
    details, short titles before long ones. When no title holds all the words, the most similar spelling is tried.
    """
    text = normalise(text)
    if len(text) < 2:
        return []
    rows = Icd10Code.objects.filter(selectable=True)
    if CODE.match(text):
        return list(_by_code(rows, text)[:limit])
    found = list(_by_words(rows, text)[:limit])
    if found or not text.isascii():
        return found
    respelt = _respelt(text)
    return list(_by_words(rows, respelt)[:limit]) if respelt and respelt != text else []


def find_icd10(code: str) -> Icd10Code | None:
    """Return the code as typed, with or without its dot; None for an unknown one or a chapter or block."""
    plain = normalise(code).replace(".", "").upper()
    return Icd10Code.objects.filter(plain=plain, selectable=True).first()


def provinces() -> list[Division]:
    return [one for one in _gazetteer().values() if one.level == Level.PROVINCE]


def divisions_in(code: str) -> list[Division]:
    """The districts of a province or the communes of a district; none for an empty code."""
    return [one for one in _gazetteer().values() if one.parent_id == code] if code else []


def divisions_by_code(codes: Iterable[str]) -> dict[str, Division]:
    return {code: _gazetteer()[code] for code in codes if code in _gazetteer()}


_divisions: dict[str, Division] = {}


def _gazetteer() -> dict[str, Division]:
    """All divisions in the order of their codes, read once: a release loads them, nobody edits them."""
    if not _divisions:
        _divisions.update(Division.objects.in_bulk())
    return _divisions


def forget_divisions() -> None:
    """Read them again: they have just been loaded."""
    _divisions.clear()


def _by_code(rows: QuerySet[Icd10Code], text: str) -> QuerySet[Icd10Code]:
    plain = re.sub(r"[^a-z0-9]", "", text).upper()
    exact = Case(When(plain=plain, then=0), default=1, output_field=IntegerField())
    return rows.filter(plain__startswith=plain).order_by(exact, "plain")


def _by_words(rows: QuerySet[Icd10Code], text: str) -> QuerySet[Icd10Code]:
    words = [word for word in text.split() if len(word) > 1] or [text]
    for word in words:
        rows = rows.filter(search_text__contains=word)
    return rows.order_by(_fit(text, words), "-common", Length("title_en"), "code")


def _fit(text: str, words: list[str]) -> Case:
    """How well a title fits, best first.

    0 the whole title, 1 a common diagnosis in which every word begins a word, 2 titles that begin so, 3 every word
    begins a word, 4 somewhere inside.
    """
    beginnings = Q()
    for word in words:
        beginnings &= Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    return Case(
        When(Q(title_en__iexact=text) | Q(title_km=text) | Q(title_zh_hans=text), then=Value(0)),
        When(beginnings & Q(common=True), then=Value(1)),
        When(search_text__startswith=text, then=Value(2)),
        When(beginnings, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )


def _respelt(text: str) -> str:
    """Return the text with each word that no title has replaced by the most similar one; empty when none is similar."""
    with connection.cursor() as cursor:
        cursor.execute(_LIKEST, [text.split()[:6]])
        found = cursor.fetchall()
    return " ".join(typed if word.startswith(typed) else word for word, typed in found if word)
