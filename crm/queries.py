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


@dataclass(frozen=True)
class Standing:
    """Where a family stands: its membership if it has one, the tier it reached and the one it may reach next."""

    membership: FamilyMembership | None
    tier: Tier | None
    next_tier: Tier | None

    @property
    def earned_points(self) -> int:
        """Whole points earned so far."""
        return int(self.membership.earned) if self.membership else 0

    @property
    def points_ahead(self) -> int:
        """Whole points at which the next tier begins."""
        return int(self.next_tier.threshold) if self.next_tier else 0

    @property
    def discount(self) -> Discount:
        if self.tier is None or not self.tier.rate:
            return NO_DISCOUNT
        words = {"tier": self.tier.name, "percent": f"{self.tier.percent:f}"}
        return Discount(self.tier.rate, f"tier:{self.tier.code}", _("%(tier)s membership, %(percent)s %%") % words)


def membership_of(family: Family) -> FamilyMembership | None:
    return FamilyMembership.objects.filter(family=family).first()


def standing_of(family: Family, membership: FamilyMembership | None = None) -> Standing:
    """Return a family's standing; two statements, whatever there is, one where its membership is at hand."""
    membership = membership or membership_of(family)
    earned = membership.earned if membership else Decimal(0)
    steps = list(Tier.objects.filter(active=True).order_by("threshold"))
    reached = [tier for tier in steps if tier.threshold <= earned]
    ahead = [tier for tier in steps if tier.threshold > earned]
    return Standing(membership, reached[-1] if reached else None, ahead[0] if ahead else None)


def discount_for(family: Family) -> Discount:
    """Return the family's discount by its tier; a rate of zero where it has none."""
    return standing_of(family).discount


def tiers() -> QuerySet[Tier]:
    return Tier.objects.order_by("threshold")


def entries_of(membership: FamilyMembership) -> QuerySet[PointEntry]:
    """A family's points, newest first."""
    return membership.entries.select_related("by").order_by("-id")
