"""Writes the blind index of patients."""

from collections.abc import Iterable

from django.db import connection

from patients.models import Patient, SearchToken
from patients.tokens import tokens_of


def index_patient(patient: Patient) -> None:
    """Make a new patient findable."""
    index_patients([patient])


def index_patients(patients: Iterable[Patient]) -> None:
    """Make many new patients findable at once; rows that are there already stay."""
    rows = [(token, patient.pk) for patient in patients for token in tokens_of(patient)]
    tokens, ids = [token for token, _pk in rows], [pk for _token, pk in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {SearchToken._meta.db_table} (token, patient_id) "
            "SELECT * FROM unnest(%s::bigint[], %s::uuid[]) ON CONFLICT DO NOTHING",
            [tokens, ids],
        )


def reindex_patient(patient: Patient, *, before: set[int]) -> None:
    """Follow a changed patient: drop the tokens that no longer hold and add the new ones.

    ``before`` are the tokens of the row as it stood. Knowing them, the index needs no second key by patient.
    """
    gone = before - tokens_of(patient)
    if gone:
        SearchToken.objects.filter(token__in=gone, patient=patient).delete()
    index_patient(patient)
