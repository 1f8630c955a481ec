"""The payer's share of a visit's bill, by the terms of the coverage the visit is billed to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from insurance.errors import CoverageEnded
from insurance.models import VisitCoverage
from insurance.queries import coverage_of_visit, granted_leaves
from insurance.services.limits import Standing, locked_standing, standing, take
from insurance.share import ZERO, Item, Rule, Share, Terms, brought, fee_difference, split


@dataclass(frozen=True)
class Shares:
    """Line by line what the payer takes, in the bill's currency; `difference` is what a flat fee leaves unowed."""

    row: VisitCoverage
    lines: list[Share] = field(default_factory=list)
    difference: Decimal = ZERO

    @property
    def covered(self) -> Decimal:
        return sum((line.covered for line in self.lines), ZERO)


def shares_of(
    *, visit_id: UUID, items: Sequence[Item], currency: str, rate: Decimal, invoice_id: UUID | None = None
) -> Shares | None:
    """What the payer of a visit takes of a bill; None when the visit is billed to no coverage.

    Coverage and authorisations are judged by the day each item was done, the limits of a year by that of the visit.
    With `invoice_id` the limits are locked and the invoice counts against them: then a coverage that does not hold on
    the day of the visit raises CoverageEnded. Without, it is an estimate, in which such a coverage takes nothing.
    """
    row = coverage_of_visit(visit_id)
    if row is None:
        return None
    day = row.visit.date
    if invoice_id and day not in row.coverage.days:
        raise CoverageEnded(day=f"{day:%Y-%m-%d}")
    found = locked_standing(row, day.year) if invoice_id else standing(row, day.year)
    lines = split(items, _terms(found, currency, rate))
    covered = sum((line.covered for line in lines), ZERO)
    fee = _fee(found, covered, currency, rate) if row.case_rate else covered
    if invoice_id:
        contract = row.coverage.contract
        deductible = sum((line.deductible for line in lines), ZERO)
        take(
            found,
            invoice_id=invoice_id,
            used=brought(fee, currency, contract.currency, rate) or ZERO,
            deductible=brought(deductible, currency, contract.currency, rate) or ZERO,
        )
    return Shares(row, lines, fee_difference(covered, fee))


def _fee(found: Standing, covered: Decimal, currency: str, rate: Decimal) -> Decimal:
    """The flat fee belongs to the visit once: the first invoice with something covered takes it, later ones nothing."""
    left = brought(found.visit_left, found.row.coverage.contract.currency, currency, rate) or ZERO
    return left if covered else ZERO


def _terms(found: Standing, currency: str, rate: Decimal) -> Terms:
    """The contract in the bill's currency, with what is left of its limits."""
    coverage = found.row.coverage
    contract = coverage.contract

    def here(amount: Decimal | None) -> Decimal | None:
        return brought(amount, contract.currency, currency, rate)

    rules = {
        rule.key: Rule(rule.excluded, rule.needs_authorisation, rule.copay_rate, here(rule.copay_fixed))
        for rule in contract.rules.all()
    }
    asks = any(rule.needs_authorisation for rule in rules.values())
    return Terms(
        currency=currency,
        copay_rate=contract.copay_rate,
        copay_fixed=here(contract.copay_fixed) or ZERO,
        deductible=here(found.deductible_left) or ZERO,
        visit_left=here(found.visit_left),
        year_left=here(found.year_left),
        flat=contract.is_case_based,
        rules=rules,
        leaves=granted_leaves(coverage) if asks else (),
        days=coverage.days,
    )
