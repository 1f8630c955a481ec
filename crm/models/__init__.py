"""Tables of the membership room."""

from crm.models.membership import FamilyMembership
from crm.models.points import PointEntry
from crm.models.tier import Tier

__all__ = ["FamilyMembership", "PointEntry", "Tier"]
