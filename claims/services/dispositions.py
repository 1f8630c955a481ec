"""What becomes of a refused amount: the patient pays it, or it is written off by somebody else than who asked."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.services.payers import pass_to_patient, write_off_payer
from claims.errors import ApprovesOwnWriteOff, DispositionBeyondRefusal, DispositionDecided, ReasonNeeded
from claims.models import Claim, Disposition
from claims.services.moves import end_if_settled, lock_claim
from claims.states import DISPOSITION_FLOW, DispositionKind, DispositionStatus
from core.clock import now
from core.money import fits


@transaction.atomic
def dispose(*, claim: Claim, kind: str, amount: Decimal, reason: str, by: Any) -> Disposition:
    """Pass a refused amount on to the patient at once, or ask for its write-off.

    Raises ReasonNeeded, DispositionBeyondRefusal.
    """
    if not reason.strip():
        raise ReasonNeeded()
    claim = lock_claim(claim)
    asked = claim.dispositions.filter(status=DispositionStatus.REQUESTED).values_list("amount", flat=True)
    left = claim.refused_left - sum(asked, Decimal(0))
    if not claim.can_dispose or not 0 < amount <= left or not fits(amount, claim.currency):
        raise DispositionBeyondRefusal()
    made = Disposition.objects.create(
        claim=claim, kind=kind, amount=amount, currency=claim.currency, reason=reason, requested_by=by
    )
    if kind == DispositionKind.PASS_ON:
        _carry_out(made, claim, by)
    return made


@transaction.atomic
def approve_write_off(*, disposition: Disposition, by: Any) -> Disposition:
    """Raises ApprovesOwnWriteOff, DispositionDecided, DispositionBeyondRefusal."""
    claim, disposition = _lock(disposition, by)
    if disposition.amount > claim.refused_left:
        raise DispositionBeyondRefusal()
    _carry_out(disposition, claim, by)
    return disposition


@transaction.atomic
def decline_write_off(*, disposition: Disposition, by: Any) -> Disposition:
    """Raises ApprovesOwnWriteOff, DispositionDecided."""
    _claim, disposition = _lock(disposition, by)
    DISPOSITION_FLOW.move(disposition, "decline", decided_by=by, decided_at=now())
    return disposition


def _lock(disposition: Disposition, by: Any) -> tuple[Claim, Disposition]:
    claim = lock_claim(disposition.claim)
    locked = Disposition.objects.select_for_update(of=("self",)).get(pk=disposition.pk)
    if not locked.can_decide:
        raise DispositionDecided()
    if locked.requested_by_id == by.pk:
        raise ApprovesOwnWriteOff()
    return claim, locked


def _carry_out(disposition: Disposition, claim: Claim, by: Any) -> None:
    """Book it on a locked claim and its invoice, once."""
    DISPOSITION_FLOW.move(disposition, "approve", decided_by=by, decided_at=now())
    passes = disposition.kind == DispositionKind.PASS_ON
    column, book = ("transferred", pass_to_patient) if passes else ("written_off", write_off_payer)
    setattr(claim, column, getattr(claim, column) + disposition.amount)
    claim.save(update_fields=[column, "updated_at"])
    book(invoice=claim.invoice, amount=disposition.amount, source_id=disposition.pk, by=by)
    end_if_settled(claim, by=by)
