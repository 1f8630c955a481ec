"""Bringing a batch to a payer's FHIR interface, claim by claim; whatever was taken is not sent again.

The claim's number goes with it as `If-None-Exist`: a server that keeps to FHIR makes no second one when an answer was
lost on its way to us.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from claims.adapters.fhir import SYSTEM, Answer, NotAnAnswer, answers_in, as_claim, as_json
from claims.models import Batch, Channel, Claim, Transmission
from claims.queries import claims_of_batch
from claims.services.answers import record_answer
from claims.services.batches import finish, lock_batch
from claims.services.importing import refusals_of
from claims.states import BatchStatus, ClaimStatus
from core.fetching import Unreachable, post_bytes

TAKEN = (200, 201)


def send_batch(batch_id: UUID) -> int:
    """Send what of a batch was not taken yet. How many claims could not be brought: the job tries them again."""
    batch = Batch.objects.select_related("payer", "submitted_by").get(pk=batch_id)
    if batch.status != BatchStatus.SENDING:
        return 0
    channel = Channel.objects.get(payer=batch.payer)
    done = set(Transmission.objects.filter(batch=batch).values_list("claim", flat=True))
    answers: list[tuple[Claim, Answer]] = []
    unreached = 0
    for claim in claims_of_batch(batch):
        if claim.pk in done or claim.status != ClaimStatus.DRAFT:
            continue
        try:
            status, body = _post(channel, claim)
        except Unreachable:
            unreached += 1
            continue
        answer = _answer(body, claim)
        _note(batch, claim, status, answer)
        if answer is not None and status in TAKEN:
            answers.append((claim, answer))
    if not unreached:
        _end(batch)
    _record(answers, by=batch.submitted_by)
    return unreached


def give_up(batch_id: UUID) -> None:
    """The interface stayed out of reach: what it took is submitted, the other claims are drafts again."""
    _end(Batch.objects.get(pk=batch_id))


def _post(channel: Channel, claim: Claim) -> tuple[int, Any]:
    """Raises Unreachable, for a server in trouble as well."""
    headers = {
        "Content-Type": "application/fhir+json",
        "Accept": "application/fhir+json",
        "Prefer": "return=representation",
        "If-None-Exist": f"identifier={SYSTEM}:claim|{claim.number}",
    }
    if channel.token:
        headers["Authorization"] = f"Bearer {channel.token}"
    status, body = post_bytes(f"{channel.address.rstrip('/')}/Claim", as_json(as_claim(claim)), **headers)
    if status >= 500:
        raise Unreachable(f"answered {status}")
    return status, body


def _answer(body: Any, claim: Claim) -> Answer | None:
    """The ClaimResponse that came back at once, where the payer decides at once."""
    try:
        found = answers_in(body)
    except NotAnAnswer:
        return None
    return next((one for one in found if one.claim == claim.number), None)


def _note(batch: Batch, claim: Claim, status: int, answer: Answer | None) -> None:
    Transmission.objects.create(
        claim=claim,
        batch=batch,
        taken=status in TAKEN,
        answer=f"{status} {answer.outcome if answer else ''}".strip(),
        reference=answer.reference if answer else "",
    )


@transaction.atomic
def _end(batch: Batch) -> None:
    """Claims that were not taken leave the batch and may be mended; the others are submitted."""
    batch = lock_batch(batch)
    if batch.status != BatchStatus.SENDING:
        return
    taken = Transmission.objects.filter(batch=batch, taken=True).values("claim")
    batch.claims.filter(status=ClaimStatus.DRAFT).exclude(pk__in=taken).update(batch=None)
    finish(batch, by=batch.submitted_by)


def _record(answers: list[tuple[Claim, Answer]], *, by: Any) -> None:
    for claim, answer in answers:
        claim.refresh_from_db(fields=["status"])
        if answer.is_decided and claim.can_answer:
            record_answer(claim=claim, refused=refusals_of(claim, answer), reference=answer.reference, by=by)
