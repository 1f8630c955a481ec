"""Limits of a coverage: read for an estimate, locked and taken by an issued invoice, given back by a void or credit."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from insurance.models import Coverage, CoverageYear, LimitMove, VisitCoverage
from insurance.share import ZERO, portion


@dataclass
class Standing:
    """A visit's coverage and its year as they stand; not saved rows when nothing was used yet and nothing is locked."""

    row: VisitCoverage
    year: CoverageYear

    @property
    def deductible_left(self) -> Decimal:
        return max(ZERO, self.year.deductible - self.year.deductible_used)

    @property
    def visit_left(self) -> Decimal | None:
        return None if self.row.cap is None else self.row.cap - self.row.used

    @property
    def year_left(self) -> Decimal | None:
        return None if self.year.cap is None else max(ZERO, self.year.cap - self.year.used)


def standing(row: VisitCoverage, year: int) -> Standing:
    """For an estimate: nothing is locked or written."""
    found = CoverageYear.objects.filter(coverage=row.coverage_id, year=year).first()
    return Standing(row, _with_limits(found or CoverageYear(coverage=row.coverage, year=year), row.coverage))


def locked_standing(row: VisitCoverage, year: int) -> Standing:
    """The same, locked until the transaction ends: first the visit's row, then the year's, in this order everywhere."""
    locked = VisitCoverage.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    CoverageYear.objects.bulk_create(
        [_with_limits(CoverageYear(coverage=row.coverage, year=year), row.coverage)], ignore_conflicts=True
    )
    found = CoverageYear.objects.select_for_update(of=("self",), no_key=True).get(coverage=row.coverage, year=year)
    locked.coverage, locked.case_rate = row.coverage, row.case_rate
    return Standing(locked, _with_limits(found, row.coverage))


def _with_limits(year: CoverageYear, coverage: Coverage) -> CoverageYear:
    """Today's limits of the contract, never below what was used already."""
    limit = coverage.limit_in_year
    year.cap = None if limit is None else max(limit.amount, year.used)
    year.deductible = max(coverage.contract.deductible, year.deductible_used)
    return year


def take(standing: Standing, *, invoice_id: UUID, used: Decimal, deductible: Decimal) -> None:
    """Count an issued invoice against a locked standing, in the contract's currency; what rounding adds is cut off."""
    row, year = standing.row, standing.year
    row.used += used if standing.visit_left is None else min(used, standing.visit_left)
    taken = used if standing.year_left is None else min(used, standing.year_left)
    first = min(deductible, standing.deductible_left)
    year.used += taken
    year.deductible_used += first
    row.save(update_fields=["used", "updated_at"])
    year.save(update_fields=["used", "deductible_used", "cap", "deductible", "updated_at"])
    LimitMove.objects.create(
        visit_coverage=row, year=year, source_kind="invoice", source_id=invoice_id, invoice_id=invoice_id,
        used=taken, deductible=first,
    )  # fmt: skip


@transaction.atomic
def give_back(
    *, invoice_id: UUID, source_kind: str, source_id: UUID, before: Decimal, after: Decimal, of: Decimal
) -> None:
    """Return what an invoice took, the part from `before` to `after` out of `of`; once for each source."""
    first = LimitMove.objects.filter(source_kind="invoice", source_id=invoice_id).first()
    if first is None or LimitMove.objects.filter(source_kind=source_kind, source_id=source_id).exists():
        return
    row = VisitCoverage.objects.select_for_update(of=("self",), no_key=True).get(pk=first.visit_coverage_id)
    year = CoverageYear.objects.select_for_update(of=("self",), no_key=True).get(pk=first.year_id)
    currency = Coverage.objects.select_related("contract").get(pk=year.coverage_id).contract.currency

    def part(whole: Decimal) -> Decimal:
        return portion(whole, after, of, currency) - portion(whole, before, of, currency)

    used, deductible = part(first.used), part(first.deductible)
    row.used = max(ZERO, row.used - used)
    year.used -= used
    year.deductible_used -= deductible
    row.save(update_fields=["used", "updated_at"])
    year.save(update_fields=["used", "deductible_used", "updated_at"])
    LimitMove.objects.create(
        visit_coverage=row, year=year, source_kind=source_kind, source_id=source_id, invoice_id=invoice_id,
        used=-used, deductible=-deductible,
    )  # fmt: skip


def used_by(visit: Any) -> bool:
    """Whether an issued invoice counts on the visit's present coverage."""
    moves = LimitMove.objects.filter(visit_coverage__visit=visit).values_list("used", "deductible")
    return any(sum(column) for column in zip(*moves, strict=True))
