"""X and Z reports: what a shift's report says, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from billing.models import EntryKind, Shift
from billing.queries.ledger import sees_expectation
from cashoffice.models import ShiftReport, Variance
from cashoffice.queries.movements import Movement, expected_cash, movements_of
from cashoffice.states import VarianceStatus
from core.money import Money

KNOWN_TO_THE_CASHIER = (EntryKind.SHIFT_OPENED, EntryKind.CASH_VOUCHER, EntryKind.CASH_TRANSFER)


@dataclass(frozen=True)
class Total:
    """One currency of a report; counted and difference are None before the count, expected where it is hidden."""

    currency: str
    opening: Decimal
    expected: Decimal | None
    counted: Decimal | None
    difference: Decimal | None
    reason: str = ""

    def money(self, name: str) -> Money | None:
        amount = getattr(self, name)
        return None if amount is None else Money(amount, self.currency)

    def as_json(self) -> dict[str, Any]:
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Total":
        amounts = {name: Decimal(row[name]) for name in ("opening", "expected", "counted", "difference") if row[name]}
        return cls(**{**row, **amounts})


@dataclass(frozen=True)
class Report:
    """A shift's figures: X while it runs (`number` None), Z afterwards. `blind`: expected cash is hidden."""

    shift: Shift
    totals: Sequence[Total]
    movements: Sequence[Movement]
    notes: Sequence[tuple[str, int, int]]
    number: str | None = None
    blind: bool = False


def report_for(shift: Shift, user: Any) -> Report:
    """The report of a shift as this person may see it: frozen when the shift is closed, else from the ledger now."""
    kept = ShiftReport.objects.filter(shift=shift).first()
    if kept:
        return from_figures(shift, kept.figures, number=str(kept))
    report = current_report(shift)
    return report if sees_expectation(shift, user) else blinded(report)


def current_report(shift: Shift) -> Report:
    """What the ledger says of a shift now."""
    movements = movements_of(shift)
    expected = expected_cash(movements)
    totals = [
        Total(row.currency, row.opening, expected[row.currency], row.counted, row.difference, row.reason)
        for row in shift.totals.all()
    ]
    closing = shift.counts.filter(stage="closing").values_list("currency", "denomination", "pieces")
    return Report(shift, totals, movements, list(closing))


def blinded(report: Report) -> Report:
    """Without anything from which the cash in the drawer could be worked out."""
    seen = [row for row in report.movements if not row.is_cash or row.kind in KNOWN_TO_THE_CASHIER]
    totals = [replace(total, expected=None) for total in report.totals]
    return replace(report, movements=[row for row in seen if row.account != "exchange"], totals=totals, blind=True)


def as_figures(report: Report) -> dict[str, Any]:
    """The report as it is frozen: text and whole numbers."""
    return {
        "totals": [total.as_json() for total in report.totals],
        "movements": [movement.as_json() for movement in report.movements],
        "notes": [list(row) for row in report.notes],
    }


def from_figures(shift: Shift, figures: dict[str, Any], *, number: str) -> Report:
    totals = [Total.from_json(row) for row in figures["totals"]]
    movements = [Movement.from_json(row) for row in figures["movements"]]
    return Report(shift, totals, movements, [tuple(row) for row in figures["notes"]], number)


def visible_reports(user: Any) -> QuerySet[ShiftReport]:
    """All Z reports for whoever supervises; a cashier sees their own. Newest first."""
    reports = ShiftReport.objects.select_related("shift__cashier", "drawer__branch", "closed_by").order_by("-id")
    return reports if user.may("shift:view") else reports.filter(shift__cashier=user)


def waiting_variances(user: Any) -> QuerySet[Variance]:
    """Differences of others that wait for a review."""
    own = Q(shift__cashier=user) | Q(shift__stood_in_by=user)
    waiting = Variance.objects.filter(status=VarianceStatus.WAITING).exclude(own)
    return waiting.select_related("shift__cashier", "shift__drawer").order_by("id")
