"""The one place where a claim's status changes."""

from typing import Any

from claims.models import Claim, ClaimMove
from claims.states import CLAIM_FLOW


def lock_claim(claim: Claim) -> Claim:
    """The row as it stands now, locked until the transaction ends; a claim is locked before its invoice."""
    locked = Claim.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("payer", "coverage__contract", "invoice", "patient").get(pk=claim.pk)


def move(claim: Claim, verb: str, *, by: Any, reason: str = "", **columns: Any) -> None:
    """Check the move, write the status with `columns` on a locked claim, and the history row. Raises MoveNotAllowed."""
    before = claim.status
    CLAIM_FLOW.move(claim, verb, **columns)
    ClaimMove.objects.create(claim=claim, verb=verb, from_status=before, to_status=claim.status, reason=reason, by=by)


def end_if_settled(claim: Claim, *, by: Any) -> None:
    """A locked claim of which nothing is open any more ends: paid, passed on to the patient, or written off."""
    if claim.open_money:
        return
    verb = "pay" if claim.paid else ("pass_on" if claim.transferred else "write_off")
    move(claim, verb, by=by)
