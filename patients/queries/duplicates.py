"""Who is likely the same person: asked while somebody is being registered and once more on saving.

The order of the signs follows how rarely they agree by chance: same identity number, phone with birth year, name with
birth date, name with village and age. Latin spelling of Khmer names is free, so names are compared by spelling key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.text import normalise, normalise_phone
from patients import tokens
from patients.access import sight_of
from patients.identifiers import digest_of, identifier_type
from patients.models import Patient, PatientIdentifier, SearchToken
from patients.states import Precision

CANDIDATES = 50  # a phone or a name with more holders than this in one year says nothing
YEARS_APART = 2


@dataclass(frozen=True)
class Match:
    """A patient on file who may be the one being registered. ``score`` runs from 0 to 100."""

    patient: Patient
    score: int
    reason: str | Promise
    is_open: bool = True  # whether the person who registers may read that record

    @property
    def key(self) -> str:
        """The id as forms carry it."""
        return str(self.patient.pk)


def find_duplicates(
    patient: Patient, identifiers: Mapping[str, str] | None = None, *, seen_by: Any = None
) -> list[Match]:
    """Return likely duplicates of a patient, saved or not yet, best first.

    Not filtered by who may see them: a restricted record still must not be registered twice; of what ``seen_by`` may
    not read the match says so (``is_open``). Parts that are not
    typed yet (no birth date, no phone) are simply not compared.
    """
    same_number = _holders_of(identifiers or {})
    candidates = {*same_number, *_token_candidates(patient)} - {patient.pk}
    rows = Patient.objects.filter(pk__in=candidates).select_related("family")
    matches = [match for row in rows if (match := _compare(patient, row, row.pk in same_number))]
    if seen_by is not None:
        sight = sight_of(seen_by)
        matches = [replace(match, is_open=sight.sees(match.patient)) for match in matches]
    return sorted(matches, key=lambda match: (-match.score, match.patient.mrn))


def _compare(new: Patient, old: Patient, same_number: bool) -> Match | None:
    if same_number:
        return Match(old, 100, _("Same identity number"))
    same_name, same_phone = _same_name(new, old), _same_phone(new, old)
    if same_phone and same_name:
        return Match(old, 95, _("Same phone and name"))
    if same_phone and _same_year(new, old):
        return Match(old, 90, _("Same phone and birth year"))
    if same_name and _same_birth(new, old):
        return Match(old, 80, _("Same name and birth date"))
    if same_name and _same_place(new, old) and _years_apart(new, old) <= YEARS_APART:
        return Match(old, 60, _("Same name and village, similar age"))
    return None


def _holders_of(identifiers: Mapping[str, str]) -> set[UUID]:
    digests = [digest_of(value) for key, value in identifiers.items() if value and identifier_type(key).personal]
    if not digests:
        return set()
    return set(PatientIdentifier.objects.filter(digest__in=digests).values_list("patient_id", flat=True))


def _token_candidates(patient: Patient) -> set[UUID]:
    wanted = [tokens.phone_token(phone) for phone in (patient.phone, patient.phone_other) if phone]
    if patient.birth_date:
        year = patient.birth_date.year
        wanted += tokens.name_and_year_tokens(patient, range(year - YEARS_APART, year + YEARS_APART + 1))
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT patient_id FROM unnest(%s::bigint[]) AS wanted, LATERAL ("
            f"SELECT patient_id FROM {SearchToken._meta.db_table} WHERE token = wanted "
            f"ORDER BY patient_id DESC LIMIT {CANDIDATES}) AS holders",
            [wanted],
        )
        return {row[0] for row in cursor.fetchall()}


def _same_name(new: Patient, old: Patient) -> bool:
    return bool(_keys(new) & _keys(old))


def _keys(patient: Patient) -> set[str]:
    return {key for name in (patient.latin_name, patient.native_name) if (key := tokens.spelling_key(name))}


def _same_phone(new: Patient, old: Patient) -> bool:
    return bool(_phones(new) & _phones(old))


def _phones(patient: Patient) -> set[str]:
    return {normalise_phone(phone) for phone in (patient.phone, patient.phone_other) if phone}


def _same_year(new: Patient, old: Patient) -> bool:
    return bool(new.birth_date) and new.birth_date.year == old.birth_date.year


def _same_birth(new: Patient, old: Patient) -> bool:
    """Equal as far as both are known: a bare year agrees with any day of it, an estimate with a neighbour year."""
    if not new.birth_date:
        return False
    known = {new.birth_date_precision, old.birth_date_precision}
    if Precision.ESTIMATED in known:
        return _years_apart(new, old) <= 1
    if Precision.YEAR in known:
        return _same_year(new, old)
    if Precision.MONTH in known:
        return _same_year(new, old) and new.birth_date.month == old.birth_date.month
    return new.birth_date == old.birth_date


def _same_place(new: Patient, old: Patient) -> bool:
    same_commune = bool(new.commune) and new.commune == old.commune
    return same_commune and _village(new) == _village(old)


def _village(patient: Patient) -> str:
    return normalise(patient.village or "")


def _years_apart(new: Patient, old: Patient) -> int:
    return abs(new.birth_date.year - old.birth_date.year) if new.birth_date else 999


def unanswered(matches: Iterable[Match], answered: Iterable[object]) -> list[Match]:
    """Return the matches nobody has declared to be another person."""
    known = {str(pk) for pk in answered}
    return [match for match in matches if str(match.patient.pk) not in known]
