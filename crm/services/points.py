"""Points of families: an append-only ledger; balance and sum move under the membership's row lock."""

from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core.db.kept import kept
from core.preferences import preference
from crm.errors import NotEnoughPoints
from crm.models import PointEntry
from crm.models.points import PointKind
from crm.services.memberships import open_membership
from patients.models import Family


def credit_points(
    *, family: Family, amount_usd: Decimal, source_kind: str, source_id: UUID, by: User
) -> PointEntry | None:
    """Give the points of a payment of so many USD. The same source gives them once: later calls return the first entry.

    Opens the family's membership when it has none. None when the amount gives no point at all.
    """
    points = points_for(amount_usd)
    if points <= 0:
        return None
    return _post(family, PointKind.EARNED, points, source_kind, source_id, by)


def reverse_points(
    *, family: Family, amount_usd: Decimal, source_kind: str, source_id: UUID, by: User
) -> PointEntry | None:
    """Take back the points of a refunded amount, as far as the family still has them; once per source."""
    membership = open_membership(family=family, by=by)
    points = min(points_for(amount_usd), membership.balance)
    if points <= 0:
        return None
    return _post(family, PointKind.REVERSED, -points, source_kind, source_id, by)


def spend_points(*, family: Family, points: Decimal, source_kind: str, source_id: UUID, by: User) -> PointEntry:
    """Use points of the family; once per source. Raises NotEnoughPoints."""
    return _post(family, PointKind.SPENT, -points, source_kind, source_id, by)


def points_for(amount_usd: Decimal) -> Decimal:
    """Return the points of an amount in USD, cut to hundredths: small payments add up, nothing is given away."""
    return (amount_usd * preference("crm.points_per_usd")).quantize(Decimal("0.01"), rounding=ROUND_DOWN)


@transaction.atomic
def _post(family: Family, kind: str, points: Decimal, source_kind: str, source_id: UUID, by: User) -> PointEntry:
    membership = open_membership(family=family, by=by)
    first = _posted.first(source_kind, source_id, kind)
    if first:
        return first
    if membership.balance + points < 0:
        raise NotEnoughPoints()
    membership.balance += points
    if kind != PointKind.SPENT:
        membership.earned += points
    membership.save(update_fields=["balance", "earned", "updated_at"])
    return PointEntry.objects.create(
        membership=membership,
        kind=kind,
        points=points,
        balance_after=membership.balance,
        source_kind=source_kind,
        source_id=source_id,
        by=by,
    )


@kept
def _posted(source_kind: str, source_id: UUID, kind: str) -> QuerySet[PointEntry]:
    return PointEntry.objects.filter(source_kind=source_kind, source_id=source_id, kind=kind)[:1]
