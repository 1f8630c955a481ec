"""Numbers given to patients by others."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from accounts.models import User
from patients.errors import IdentifierTaken
from patients.identifiers import digest_of, identifier_type, normalise_identifier
from patients.models import Patient, PatientIdentifier


@transaction.atomic
def set_identifiers(*, patient: Patient, identifiers: Mapping[str, str], by: User) -> None:
    """Store one value per type key; an empty value removes the type. Raises IdentifierTaken."""
    present = {row.type: row for row in patient.identifiers.all()}
    for key, value in identifiers.items():
        row = present.get(key)
        value = normalise_identifier(value)
        if row and row.value != value:
            row.delete()
        if value and not (row and row.value == value):
            _add(patient, key, value)


def _add(patient: Patient, key: str, value: str) -> None:
    row = PatientIdentifier(
        patient=patient, type=key, value=value, digest=digest_of(value), personal=identifier_type(key).personal
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise IdentifierTaken() from error
