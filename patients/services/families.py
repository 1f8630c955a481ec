"""Families: opened at registration, joined by later members."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from core import events
from core.numbering import next_number
from core.preferences import preference
from patients.errors import HeadOutsideFamily
from patients.models import Family, Patient


@transaction.atomic
def open_family(*, by: User) -> Family:
    """Open an empty family; its first member becomes its head."""
    return Family.objects.create(
        number=preference("patients.family_format").format(number=next_number("patients.family"))
    )


@transaction.atomic
def join_family(*, patient: Patient, family: Family, by: User) -> Patient:
    """Move a patient into another family. A family whose head leaves is headed by its oldest member by registration."""
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    left = patient.family_id
    if left == family.pk:
        return patient
    for pk in sorted([left, family.pk]):
        Family.objects.select_for_update(no_key=True).get(pk=pk)
    patient.family = family
    patient.touch_version()
    patient.save(update_fields=["family", "version", "updated_at"])
    _settle_head(left)
    _settle_head(family.pk)
    events.publish("patients.family_joined", patient_id=patient.pk, family_id=family.pk)
    return patient


@transaction.atomic
def change_head(*, family: Family, head: Patient, by: User) -> Family:
    """Make a member the head of the family. Raises HeadOutsideFamily for anybody else."""
    family = Family.objects.select_for_update(no_key=True).get(pk=family.pk)
    if not family.members.filter(pk=head.pk).exists():
        raise HeadOutsideFamily()
    family.head = head
    family.save()
    return family


def _settle_head(family_id: UUID) -> None:
    family = Family.objects.get(pk=family_id)
    if family.head_id and family.members.filter(pk=family.head_id).exists():
        return
    family.head = family.members.order_by("id").first()
    family.save()
