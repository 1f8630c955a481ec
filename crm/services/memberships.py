"""Memberships: a saving card per family."""

from django.db import transaction

from accounts.models import User
from core.numbering import next_number
from core.preferences import preference
from crm.models import FamilyMembership
from patients.models import Family


@transaction.atomic
def open_membership(*, family: Family, by: User) -> FamilyMembership:
    """Return the family's membership, opened with a new saving card when it has none."""
    Family.objects.select_for_update(no_key=True).get(pk=family.pk)  # two desks open one card
    membership = FamilyMembership.objects.filter(family=family).first()
    if membership:
        return membership
    number = preference("crm.card_format").format(number=next_number("crm.card"))
    return FamilyMembership.objects.create(family=family, card_number=number)
