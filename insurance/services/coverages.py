"""A patient's cards: recorded, changed, ended, checked with the payer; authorisations asked for and decided."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from insurance.eligibility import checker
from insurance.errors import AuthorisationDecided, CoverageNotValid
from insurance.models import Authorisation, Contract, Coverage, EligibilityCheck
from insurance.states import AUTHORISATION_FLOW


@transaction.atomic
def add_coverage(
    *,
    patient: Any,
    contract: Contract,
    member_number: str,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    year_cap: Decimal | None = None,
    by: Any,
) -> Coverage:
    """Record a patient's card. Raises CoverageNotValid for a contract that is switched off."""
    if not (contract.active and contract.payer.active):
        raise CoverageNotValid(field="contract")
    return Coverage.objects.create(
        patient=patient,
        contract=contract,
        member_number=member_number.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        year_cap=year_cap,
        added_by=by,
    )


@transaction.atomic
def change_coverage(
    *,
    coverage: Coverage,
    member_number: str,
    valid_from: datetime.date,
    valid_to: datetime.date | None,
    year_cap: Decimal | None,
    by: Any,
) -> Coverage:
    """Correct a card, or end it by its last day. What invoices say stays."""
    locked = Coverage.objects.select_for_update(of=("self",)).get(pk=coverage.pk)
    locked.member_number, locked.valid_from, locked.valid_to = member_number.strip(), valid_from, valid_to
    locked.year_cap = year_cap
    locked.touch_version()
    locked.save()
    return locked


@transaction.atomic
def check_eligibility(
    *, coverage: Coverage, outcome: str = "", reference: str = "", note: str = "", by: Any
) -> EligibilityCheck:
    """Record what the payer says of the card today: by its adapter, else what the person was told."""
    answer = checker(coverage.contract.payer)(coverage, outcome=outcome, reference=reference)
    return EligibilityCheck.objects.create(
        coverage=coverage,
        outcome=answer.outcome,
        way=answer.way,
        reference=answer.reference,
        note=note,
        checked_by=by,
    )


def request_authorisation(*, coverage: Coverage, scope: str, note: str = "", by: Any) -> Authorisation:
    """Write down that the payer was asked."""
    return Authorisation.objects.create(coverage=coverage, scope=scope, note=note, requested_by=by)


@transaction.atomic
def decide_authorisation(
    *,
    authorisation: Authorisation,
    verb: str,
    number: str = "",
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
    note: str = "",
    by: Any,
) -> Authorisation:
    """Write down the payer's answer (`verb` grant or refuse). Raises AuthorisationDecided."""
    locked = Authorisation.objects.select_for_update(of=("self",)).get(pk=authorisation.pk)
    if not locked.can_decide:
        raise AuthorisationDecided()
    terms = {"number": number, "valid_from": valid_from, "valid_to": valid_to} if verb == "grant" else {}
    AUTHORISATION_FLOW.move(locked, verb, decided_by=by, note=note or locked.note, **terms)
    return locked
