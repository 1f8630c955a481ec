"""What an erasure does with what is held: ciphertext is blanked, some rows and all files go, everything else stays.

Ids, codes, figures and times stay where they are, so that counts, money and stock add up as before. What the guards of
rooms freeze is blanked by the one function of the database that may (patients.sql).
"""

from collections.abc import Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction

from core import clock
from core.fields import EncryptedDateField, EncryptedMixin
from core.models import StoredFile
from patients.holdings import Holding, holdings
from patients.models import Erasure, Patient
from patients.states import Erases, Precision

AT_ONCE = 500


def erase_record(erasure: Erasure, patient: Patient) -> dict[str, int]:
    """Erase one patient's record in the caller's transaction; return how many rows of which table were touched.

    The caller has locked the patient, and the erasure is being carried out. Files go once it is committed.
    """
    _let_go_of_photo(patient)
    counts = {}
    for holding in holdings():
        if holding.model is not Patient and (rows := _erase(holding, erasure, patient)):
            counts[holding.table] = rows
    _blank_person(patient)
    return {**counts, Patient._meta.db_table: 1}


def _erase(holding: Holding, erasure: Erasure, patient: Patient) -> int:
    if holding.erases == Erases.REMOVE:
        return _remove(holding, patient)
    columns = holding.ciphertext
    if holding.erases == Erases.KEEP or not columns:
        return 0
    ids = list(holding.of(patient).values_list("pk", flat=True))
    batches = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return sum(_blank(erasure, holding.table, columns, batch) for batch in batches)


def _remove(holding: Holding, patient: Patient) -> int:
    rows = holding.reached_from(patient)
    if issubclass(holding.model, StoredFile):
        names = list(rows.values_list("name", flat=True))
        transaction.on_commit(lambda: _delete_files(names))
    return rows.delete()[0]


def _delete_files(names: Sequence[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _blank(erasure: Erasure, table: str, columns: Sequence[str], ids: Sequence[Any]) -> int:
    schema = connection.ops.quote_name(connection.schema_name)
    with connection.cursor() as cursor:
        cursor.execute(
            f"/* writes */ SELECT {schema}.patients_blank(%s, %s, %s, %s)",
            [erasure.pk, table, list(columns), list(ids)],
        )
        return cursor.fetchone()[0]


def _let_go_of_photo(patient: Patient) -> None:
    patient.photo = None
    patient.save(update_fields=["photo", "updated_at"])


def _blank_person(patient: Patient) -> None:
    """Empty what identifies the person. Of the birth date the decade stays, for counts by age."""
    decade = patient.birth_date.replace(year=patient.birth_date.year // 10 * 10, month=1, day=1)
    for one in patient._meta.concrete_fields:
        if isinstance(one, EncryptedMixin):
            setattr(patient, one.attname, None if isinstance(one, EncryptedDateField) else "")
    patient.birth_date, patient.birth_date_precision = decade, Precision.ESTIMATED
    patient.occupation = patient.blood_group = ""
    patient.erased_at = clock.now()
    patient.touch_version()
    patient.save()
