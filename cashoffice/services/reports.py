"""What is kept of a shift when it closes: its Z report, and a review of a difference above the limit."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import ReasonMissing
from billing.models import Shift
from billing.queries.catalogue import current_rate
from billing.services.transitions import move, record
from cashoffice.errors import ReviewsOwnVariance
from cashoffice.models import ShiftReport, Variance
from cashoffice.queries.reports import as_figures, current_report
from cashoffice.states import VARIANCE_FLOW
from core.clock import now
from core.money import KHR, USD, Money, convert
from core.numbering import next_number
from core.preferences import preference


@transaction.atomic
def keep_report(*, shift: Shift, by: Any) -> ShiftReport:
    """Freeze the Z report of a shift that has just closed, and ask for a review where it differs too much."""
    figures = as_figures(current_report(shift))
    _ask_for_review(shift, by)
    return ShiftReport.objects.create(
        drawer=shift.drawer,
        number=next_number(f"cashoffice.z:{shift.drawer_id}"),
        shift=shift,
        figures=figures,
        closed_by=by,
    )


@transaction.atomic
def review_variance(*, variance: Variance, note: str, by: Any) -> Variance:
    """Somebody else than cashier and stand-in has looked at a difference. Raises ReasonMissing, ReviewsOwnVariance."""
    if not note.strip():
        raise ReasonMissing(field="note")
    variance = Variance.objects.select_for_update(of=("self",), no_key=True).select_related("shift").get(pk=variance.pk)
    if by.pk in (variance.shift.cashier_id, variance.shift.stood_in_by_id):
        raise ReviewsOwnVariance()
    columns = {"note": note, "reviewed_by": by, "reviewed_at": now()}
    move(variance, flow=VARIANCE_FLOW, verb="review", by=by, reason=note, **columns)
    return variance


def _ask_for_review(shift: Shift, by: Any) -> None:
    worth = sum(
        (_worth(total.currency, abs(total.difference or Decimal(0))) for total in shift.totals.all()), Decimal(0)
    )
    limit = Decimal(preference("cashoffice.variance_limit_usd"))
    if worth > limit:
        variance = Variance.objects.create(shift=shift, worth_usd=worth, limit_usd=limit)
        record(variance, verb="ask", from_status="", to_status=variance.status, by=by)


def _worth(currency: str, amount: Decimal) -> Decimal:
    if currency == USD or not amount:
        return amount
    return convert(Money(amount, KHR), USD, current_rate().riel_per_dollar).amount
