"""Reading payers, contracts and coverages."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from core.clock import today
from insurance.models import Authorisation, CaseRate, Contract, Coverage, Payer, VisitCoverage
from insurance.share import Leave, Span
from patients.access import sight_of


def payers() -> QuerySet[Payer]:
    return Payer.objects.order_by("-active", "code")


def contracts(payer: Payer | None = None) -> QuerySet[Contract]:
    """All contracts, or a payer's."""
    found = Contract.objects.select_related("payer").order_by("payer__code", "code")
    return found.filter(payer=payer) if payer else found


def open_contracts(day: datetime.date | None = None) -> QuerySet[Contract]:
    """Contracts one may put a patient on: in force, of a payer that is switched on."""
    day = day or today()
    in_time = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return contracts().filter(in_time, active=True, payer__active=True)


def visible_coverages(user: Any) -> QuerySet[Coverage]:
    """Coverages of patients within sight."""
    found = Coverage.objects.select_related("patient", "contract__payer", "added_by").order_by("-id")
    return found.filter(sight_of(user).of("patient"))


def coverages_of(patient: Any) -> list[Coverage]:
    """All of a patient's coverages, the newest first."""
    return list(Coverage.objects.filter(patient=patient).select_related("contract__payer").order_by("-id"))


def valid_coverages(patient: Any, day: datetime.date | None = None) -> list[Coverage]:
    """What a visit of that day may be billed to."""
    day = day or today()
    return [one for one in coverages_of(patient) if one.holds_on(day)]


def coverage_of_visit(visit_id: UUID) -> VisitCoverage | None:
    found = VisitCoverage.objects.select_related("coverage__contract__payer", "case_rate", "visit")
    return found.filter(visit=visit_id).first()


def case_rates(contract: Contract) -> QuerySet[CaseRate]:
    return CaseRate.objects.filter(contract=contract).select_related("contract").order_by("-active", "code")


def visible_authorisations(user: Any) -> QuerySet[Authorisation]:
    """Authorisations of patients within sight."""
    return Authorisation.objects.select_related("coverage__patient").filter(sight_of(user).of("coverage__patient"))


def granted_leaves(coverage: Coverage) -> list[Leave]:
    """What the payer ever gave leave for, each with its days."""
    rows = Authorisation.objects.filter(coverage=coverage, status="granted").order_by()
    return [Leave(scope, Span(*days)) for scope, *days in rows.values_list("scope", "valid_from", "valid_to")]


def granted_numbers(coverages: Collection[UUID]) -> dict[UUID, list[tuple[Leave, str]]]:
    """What payers gave leave for, with the number of each authorisation, by coverage; one query."""
    found: dict[UUID, list[tuple[Leave, str]]] = defaultdict(list)
    for one in Authorisation.objects.filter(coverage__in=coverages, status="granted").order_by("id"):
        found[one.coverage_id].append((Leave(one.scope, Span(one.valid_from, one.valid_to)), one.number))
    return found
