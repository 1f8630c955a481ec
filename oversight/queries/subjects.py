"""Whose record a row of the trail is about, and who may see what stood in it.

The way from a table to its patient is found by its foreign keys, so that a new table needs no word here.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from audit.models import Record
from clinical.queries import visible_diagnoses, visible_encounters, visible_notes
from oversight.queries.trail import of_row
from patients.models import Patient
from patients.queries import visible_patients

PATIENT = Patient._meta.db_table
DEEP_ENOUGH = 3
# What lets one read the plain values of a table, or of a room's other tables, beside seeing the patient.
READS: dict[str, str] = {
    "clinical_vitalsigns": "vitals:view",
    "clinical_allergy": "allergy:view",
    "clinical_allergyreview": "allergy:view",
    "clinical_diagnosis": "diagnosis:view",
    "clinical_encounter": "encounter:view",
    "patients": "patient:view",
    "clinical": "note:view",
    "laboratory": "lab_result:view",
    "pharmacy": "prescription:view",
    "billing": "invoice:view",
    "gateways": "invoice:view",
    "queueing": "queue:view",
    "crm": "family:view",
    "insurance": "coverage:view",
    "claims": "claim:view",
}


@lru_cache(maxsize=1)
def models_by_table() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@lru_cache(maxsize=256)
def way_to_patient(table: str) -> tuple[str, ...] | None:
    """The foreign keys that lead from a table to its patient, shortest way first; None where none does."""
    model = models_by_table().get(table)
    return None if model is None else _way(model, DEEP_ENOUGH)


def _way(model: type[models.Model], depth: int) -> tuple[str, ...] | None:
    if model is Patient:
        return ()
    if depth == 0:
        return None
    ways = []
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is not model:
            further = _way(field.related_model, depth - 1)
            if further is not None and field.name != "head":
                ways.append((field.name, *further))
    return min(ways, key=len) if ways else None


def patient_of(record: Record) -> UUID | None:
    """The patient a record is about, by the row as it is or, where it is gone, as the trail last saw it."""
    if record.table_name == PATIENT:
        return _uuid(record.row_id)
    way = way_to_patient(record.table_name)
    if way is None:
        return None
    model = models_by_table()[record.table_name]
    live = model._default_manager.filter(pk=record.row_id).values_list("__".join(way), flat=True).first()
    return live or _patient_in_trail(record, model, way)


def _patient_in_trail(record: Record, model: type[models.Model], way: tuple[str, ...]) -> UUID | None:
    column = model._meta.get_field(way[0]).column  # type: ignore[union-attr]
    held = [kept for row in of_row(record.table_name, record.row_id)[:200] for kept in (row.after, row.before) if kept]
    key = next((kept[column] for kept in held if kept.get(column)), None)
    if key is None or len(way) == 1:
        return _uuid(key)
    related: Any = model._meta.get_field(way[0]).related_model
    return related._default_manager.filter(pk=key).values_list("__".join(way[1:]), flat=True).first()


def may_read(user: Any, record: Record) -> bool:
    """Whether the person may see the plain values of the row a record is about; of who was erased nobody may."""
    needed = READS.get(record.table_name) or READS.get(record.table_name.partition("_")[0])
    patient = patient_of(record)
    if needed is None or patient is None or not user.may(needed):
        return False
    return visible_patients(user).filter(pk=patient, erased_at=None).exists() and _within_its_own_level(user, record)


def _within_its_own_level(user: Any, record: Record) -> bool:
    """A note has a level of its own, beside the patient's; an encounter may be of a protected specialisation."""
    match record.table_name:
        case "clinical_note":
            return visible_notes(user).filter(pk=record.row_id).exists()
        case "clinical_noterevision":
            return visible_notes(user).filter(revisions__pk=record.row_id).exists()
        case "clinical_encounter":
            return visible_encounters(user).filter(pk=record.row_id).exists()
        case "clinical_diagnosis":
            return visible_diagnoses(user).filter(pk=record.row_id).exists()
    return True


def patients_in(rows: Iterable[Record]) -> dict[str, str]:
    """The medical record numbers of the patients whose records these rows name, by their ids as text."""
    ids = {row.row_id for row in rows if row.table_name == PATIENT}
    known = {found for one in ids if (found := _uuid(one))}
    return {str(pk): mrn for pk, mrn in Patient.objects.filter(pk__in=known).values_list("pk", "mrn")}


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
