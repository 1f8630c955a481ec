"""Which coverage a visit is billed to."""

from typing import Any

from django.db import transaction

from insurance.errors import CaseRateMissing, CoverageInUse, CoverageNotValid, CoverageOfAnother
from insurance.models import CaseRate, Coverage, VisitCoverage
from insurance.services.limits import used_by
from patients.services.visits import set_payer
from patients.states import Payer


@transaction.atomic
def cover_visit(*, visit: Any, coverage: Coverage, case_rate: CaseRate | None = None, by: Any) -> VisitCoverage:
    """Bill a visit to a coverage of its patient; a case-based contract needs the kind of case.

    Raises CoverageOfAnother, CoverageNotValid, CaseRateMissing, CoverageInUse once an issued invoice counts on it.
    """
    contract = coverage.contract
    if coverage.patient_id != visit.patient_id:
        raise CoverageOfAnother()
    if not coverage.holds_on(visit.date):
        raise CoverageNotValid()
    if contract.is_case_based and (case_rate is None or case_rate.contract_id != contract.pk):
        raise CaseRateMissing()
    set_payer(visit=visit, payer=contract.payer.visit_payer, by=by)
    row = VisitCoverage.objects.select_for_update(of=("self",)).filter(visit=visit).first()
    if row and used_by(visit):
        raise CoverageInUse()
    row = row or VisitCoverage(visit=visit)
    row.coverage, row.chosen_by, row.used = coverage, by, 0
    row.case_rate = case_rate if contract.is_case_based else None
    row.cap = case_rate.amount if row.case_rate and case_rate else contract.visit_cap
    row.save()
    return row


@transaction.atomic
def uncover_visit(*, visit: Any, by: Any) -> None:
    """Let the patient pay in person after all. Raises CoverageInUse."""
    set_payer(visit=visit, payer=Payer.SELF, by=by)
    row = VisitCoverage.objects.select_for_update(of=("self",)).filter(visit=visit).first()
    if row is None:
        return
    if row.moves.exists():
        raise CoverageInUse()
    row.delete()
