"""Every table that leads to a patient is registered: what nobody registered would be forgotten in an archive."""

from functools import cache

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from oversight.words import table_in_words
from patients.holdings import holdings
from patients.models import Patient


def rooms() -> set[str]:
    return {entry.rpartition(".")[2] for entry in settings.TENANT_APPS}


@cache
def leads_to_a_patient(model: type[models.Model], through: frozenset = frozenset()) -> bool:
    """Whether foreign keys lead from the table to a patient, however many steps it takes."""
    if model is Patient:
        return True
    targets = {
        field.related_model
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model not in {model, *through}
    }
    return any(leads_to_a_patient(target, through | {model}) for target in targets)


def test_every_table_of_a_patient_is_registered():
    registered = {holding.label for holding in holdings()}
    reaching = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in rooms() and leads_to_a_patient(model)
    }
    assert reaching - registered == set(), "register it with patients.holdings.hold"


def test_a_column_that_names_a_patient_without_a_foreign_key_is_noticed():
    """``patient_id`` as a plain value: an alert outlives what it tells of, and tells nothing but the id."""
    plain = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in rooms()
        for field in model._meta.concrete_fields
        if "patient" in field.name and not isinstance(field, models.ForeignKey)
    }
    assert plain == {"oversight.Alert.patient_id"}


def test_every_way_to_the_patient_exists():
    for holding in holdings():
        for path in holding.paths:
            assert _ends(holding.model, path) in {Patient, Patient._meta.pk}, holding.label


def test_every_table_has_a_name_for_the_reader():
    assert all(table_in_words(one.table) != one.table.replace("_", " ") for one in holdings() if not one.why_kept_in)


def _ends(model: type[models.Model], path: str) -> object:
    found: object = model
    for step in path.split("__"):
        try:
            field = found._meta.get_field(step)  # type: ignore[attr-defined]
        except FieldDoesNotExist:
            field = found._meta.pk  # type: ignore[attr-defined]
        found = field.related_model or field
    return found
