"""Reads of the membership room."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.models import FamilyMembership, PointEntry, Tier
from patients.models import Family


@dataclass(frozen=True)
class Discount:
    """The best discount a family has: ``rate`` as a share of the invoice (0.05 is 5 %), its source and its words."""

    rate: Decimal
    source: str
    label: str


NO_DISCOUNT = Discount(Decimal(0), "", "")


def discount_for(family: Family) -> Discount:
    """Return the family's discount by its tier; a rate of zero where it has none."""
    tier = tier_of(membership_of(family))
    if tier is None or not tier.rate:
        return NO_DISCOUNT
    label = _("%(tier)s membership, %(percent)s %%") % {"tier": tier.name, "percent": f"{tier.percent:f}"}
    return Discount(tier.rate, f"tier:{tier.code}", label)


def membership_of(family: Family) -> FamilyMembership | None:
    return FamilyMembership.objects.filter(family=family).first()


def tier_of(membership: FamilyMembership | None) -> Tier | None:
    """The highest tier whose threshold the points earned so far reach."""
    earned = membership.earned if membership else Decimal(0)
    return Tier.objects.filter(active=True, threshold__lte=earned).order_by("-threshold").first()


def next_tier(membership: FamilyMembership | None) -> Tier | None:
    earned = membership.earned if membership else Decimal(0)
    return Tier.objects.filter(active=True, threshold__gt=earned).order_by("threshold").first()


def tiers() -> QuerySet[Tier]:
    return Tier.objects.order_by("threshold")


def entries_of(membership: FamilyMembership) -> QuerySet[PointEntry]:
    """A family's points, newest first."""
    return membership.entries.select_related("by").order_by("-id")
