"""What the payer answers to a claim, line by line; appeals against it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from claims.errors import AppealTooLate, ReasonNeeded, RefusalBeyondLine
from claims.models import Appeal, Claim, ClaimLine, DenialReason
from claims.services.moves import end_if_settled, lock_claim, move
from core.clock import today


@dataclass(frozen=True)
class Refusal:
    """What of a line the payer does not pay, and why."""

    amount: Decimal
    denial: DenialReason | None = None


@transaction.atomic
def record_answer(*, claim: Claim, refused: Mapping[UUID, Refusal], reference: str = "", by: Any) -> Claim:
    """The payer accepts the claim but for what is `refused` (by line id). Raises RefusalBeyondLine, MoveNotAllowed."""
    return answer(lock_claim(claim), refused, reference=reference, by=by)


def answer(claim: Claim, refused: Mapping[UUID, Refusal], *, reference: str = "", by: Any) -> Claim:
    """The same for a locked claim: what a payer refused is never less than what was dealt with already."""
    lines = list(claim.lines.all())
    for line in lines:
        refusal = refused.get(line.pk, Refusal(Decimal(0)))
        if not Decimal(0) <= refusal.amount <= line.amount:
            raise RefusalBeyondLine()
        line.rejected, line.denial = refusal.amount, refusal.denial if refusal.amount else None
    rejected = sum((line.rejected for line in lines), Decimal(0))
    if rejected < claim.transferred + claim.written_off or claim.amount - rejected < claim.paid:
        raise RefusalBeyondLine()
    ClaimLine.objects.bulk_update(lines, ["rejected", "denial"])
    verb = "accept" if not rejected else ("reject" if rejected == claim.amount else "accept_part")
    move(
        claim,
        verb,
        by=by,
        rejected=rejected,
        accepted=claim.amount - rejected,
        payer_reference=reference or claim.payer_reference,
        appeal_until=_appeal_until(claim) if rejected else None,
    )
    end_if_settled(claim, by=by)
    return claim


def refuse_from_the_end(claim: Claim, amount: Decimal, denial: DenialReason | None) -> dict[UUID, Refusal]:
    """A refusal of which the payer names no lines, put on the lines from the last to the first."""
    left, found = amount, {}
    for line in reversed(list(claim.lines.all())):
        part = min(left, line.amount)
        left -= part
        if part:
            found[line.pk] = Refusal(part, denial)
    if left:
        raise RefusalBeyondLine()
    return found


@transaction.atomic
def appeal(*, claim: Claim, reason: str, by: Any) -> Appeal:
    """Object to what was refused. Raises ReasonNeeded, AppealTooLate, MoveNotAllowed."""
    if not reason.strip():
        raise ReasonNeeded()
    claim = lock_claim(claim)
    until = claim.appeal_until
    if until is not None and until < today():
        raise AppealTooLate()
    move(claim, "appeal", by=by, reason=reason[:200])
    return Appeal.objects.create(
        claim=claim, reason=reason, until=until or today(), amount=claim.refused_left, made_by=by
    )


def _appeal_until(claim: Claim) -> datetime.date:
    return today() + datetime.timedelta(days=claim.payer.appeal_days)
