"""Memberships: a saving card per family."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core.db.kept import kept
from core.numbering import next_number
from core.preferences import preference
from crm.models import FamilyMembership
from patients.models import Family


@transaction.atomic(savepoint=False)
def open_membership(*, family: Family, by: User) -> FamilyMembership:
    """Return the family's membership, locked; opened with a new saving card when it has none."""
    _lock(family.pk)  # two desks open one card
    membership = _locked_membership.first(family.pk)
    if membership:
        return membership
    number = preference("crm.card_format").format(number=next_number("crm.card"))
    return FamilyMembership.objects.create(family=family, card_number=number)


@kept
def _lock(family: UUID) -> QuerySet:
    return Family.objects.select_for_update(no_key=True).filter(pk=family).values_list("pk", flat=True)


@kept
def _locked_membership(family: UUID) -> QuerySet[FamilyMembership]:
    return FamilyMembership.objects.select_for_update(no_key=True).filter(family=family)[:1]
