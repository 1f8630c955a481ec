"""Finding patients by what staff type: names in either script, phone, identity number, medical record number.

Names and phones are looked up in the blind index (patients.tokens). The statement reads the rarest word's rows newest
first and probes the others by primary key, so its cost follows what is shown, not how many patients there are.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import User
from core.preferences import preference
from core.text import PhoneNotValid, name_words, normalise
from patients import tokens
from patients.access import Sight, sight_of
from patients.identifiers import digest_of
from patients.models import Family, Patient, PatientIdentifier
from patients.queries.patients import normalise_mrn, visible_families
from patients.states import Confidentiality

LIMIT = 20
MOST_WORDS = 5
COUNTED = 2_000  # words with more patients than this count as equally common
TABLE = "patients_searchtoken"
# Few patients are guarded: the probe reads their own small index (patient_guarded), never the patients' rows.
_OUT_OF_SIGHT = (
    "NOT EXISTS (SELECT 1 FROM patients_patient AS guarded WHERE guarded.id = found.patient_id "
    f"AND NOT (guarded.confidentiality = '{Confidentiality.NORMAL}') "
    "AND NOT (guarded.confidentiality = ANY(%s) OR guarded.id = ANY(%s::uuid[])) OFFSET 0)"
)

Alternatives = tuple[int, ...]


@dataclass(frozen=True)
class Tier:
    """Every word must match by one of its tokens; tiers are asked in order of how well they fit."""

    words: tuple[Alternatives, ...]


def search_patients(user: User, text: str, limit: int = LIMIT) -> list[Patient]:
    """Return the visible patients matching the text, best fit first and newest first within it."""
    text = normalise(text)
    sight = sight_of(user)
    found = dict.fromkeys(_ids_by_number(text, limit))
    for tiers in _stages(text):
        if len(found) < limit:
            found.update(dict.fromkeys(_ids_by_tokens(tiers, limit, sight)))
    place = {pk: number for number, pk in enumerate(found)}
    patients = Patient.objects.select_related("family").filter(sight.of(), pk__in=place)
    return sorted(patients, key=lambda patient: place[patient.pk])[:limit]


def search_families(user: User, text: str, limit: int = LIMIT) -> list[Family]:
    """Return the families with this number, or with a member found by the text."""
    number = normalise_mrn(text)
    named = list(visible_families(user).filter(number=number)) if number else []
    members = search_patients(user, text, limit)
    heads = visible_families(user).in_bulk({member.family_id for member in members})
    return list(dict.fromkeys([*named, *(heads[member.family_id] for member in members)]))


def _ids_by_number(text: str, limit: int) -> list[UUID]:
    """Medical record number, exact or beginning, and identity numbers, exact."""
    mrn = normalise_mrn(text)
    if not re.search(r"\d", mrn) or (len(mrn) < 3 and not mrn.isdigit()):
        return []
    padded = _padded_mrn(mrn)
    wanted = [mrn, padded] if padded else [mrn]
    exact = list(Patient.objects.filter(mrn__in=wanted).values_list("pk", flat=True))
    holders = PatientIdentifier.objects.filter(digest=digest_of(mrn)).order_by("-patient_id")
    exact += holders.values_list("patient_id", flat=True)[:limit]
    if not exact and not mrn.isdigit():
        exact += Patient.objects.filter(mrn__startswith=mrn).order_by("-mrn").values_list("pk", flat=True)[:limit]
    return exact


def _padded_mrn(digits: str) -> str:
    """Let staff type 42 for P000042."""
    return preference("patients.mrn_format").format(number=int(digits)) if digits.isdigit() and len(digits) < 10 else ""


def _stages(text: str) -> list[list[Tier]]:
    """Return what is asked for in one statement, and what only when that has not filled the page."""
    compact = re.sub(r"[\s().+-]", "", text)
    if compact.isdigit():
        return [_phone_tiers(text, compact)]
    words = [word for word in name_words(text) if len(word) >= 2][:MOST_WORDS]
    if not words:
        return []
    whole = Tier(tuple((tokens.word_token(word),) for word in words))
    beginning = Tier(tuple((tokens.beginning_token(word),) for word in words))
    spelling = Tier(tuple((tokens.beginning_token(word), tokens.spelling_token(word)) for word in words))
    return [[whole, beginning], [spelling]]


def _phone_tiers(text: str, digits: str) -> list[Tier]:
    tiers = []
    with suppress(PhoneNotValid):
        tiers.append(Tier(((tokens.phone_token(text),),)))
    if tokens.SHORTEST_ENDING <= len(digits) <= tokens.LONGEST_ENDING:
        tiers.append(Tier(((tokens.phone_ending_token(digits),),)))
    return tiers


def _ids_by_tokens(tiers: Sequence[Tier], limit: int, sight: Sight) -> list[UUID]:
    if not tiers:
        return []
    counts = _capped_counts(tiers)
    statements: list[str] = []
    parameters: list[Any] = []
    for rank, tier in enumerate(tiers):
        words = sorted(tier.words, key=lambda word: sum(counts[token] for token in word))
        sql, values = _tier_sql(words, limit, sight)
        statements.append(f"SELECT {rank} AS rank, patient_id FROM ({sql}) AS tier_{rank}")
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(statements)} ORDER BY rank, patient_id DESC", parameters)
        return [row[1] for row in cursor.fetchall()]


def _capped_counts(tiers: Sequence[Tier]) -> dict[int, int]:
    """How common each token is, counted up to COUNTED; one word alone needs no order."""
    distinct = {token for tier in tiers for word in tier.words for token in word}
    if all(len(tier.words) == 1 for tier in tiers):
        return dict.fromkeys(distinct, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t, (SELECT count(*) FROM (SELECT 1 FROM {TABLE} WHERE token = t LIMIT {COUNTED}) AS counted) "
            "FROM unnest(%s::bigint[]) AS t",
            [list(distinct)],
        )
        return dict(cursor.fetchall())


def _tier_sql(words: Sequence[Alternatives], limit: int, sight: Sight) -> tuple[str, list[Any]]:
    """Return the statement of one tier and its parameters.

    It reads the rows of the first (rarest) word, newest first, and keeps those where every other word has the same
    patient, until the limit is reached. Each alternative of the first word is read by itself: only so does the index
    give the order. OFFSET 0 keeps the planner from turning the probes into a join over all rows of a common word.
    """
    probes = [
        f"EXISTS (SELECT 1 FROM {TABLE} AS probe WHERE probe.patient_id = found.patient_id "
        f"AND probe.token IN ({', '.join(['%s'] * len(word))}) OFFSET 0)"
        for word in words[1:]
    ]
    probes.append(_OUT_OF_SIGHT)
    branch = (
        f"(SELECT patient_id FROM {TABLE} AS found WHERE {' AND '.join(['token = %s', *probes])} "
        "ORDER BY patient_id DESC LIMIT %s)"
    )
    probed = [token for word in words[1:] for token in word]
    unseen = [list(sight.levels), list(sight.known)]
    values = [value for token in words[0] for value in (token, *probed, *unseen, limit)]
    return " UNION ALL ".join([branch] * len(words[0])), values
