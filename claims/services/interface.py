"""Bringing a batch to a payer's FHIR interface, claim by claim; whatever was taken is not sent again.

The claim's number goes with it as `If-None-Exist`: a server that keeps to FHIR makes no second one when an answer was
lost on its way to us. So does the number of a paper that is too large to lie inside the claim.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.services import record_export
from claims.adapters.enclosed import Enclosed, Paper
from claims.adapters.fhir import (
    Answer,
    NotAnAnswer,
    answers_in,
    as_claim,
    as_document,
    as_json,
    attached,
    referred,
)
from claims.models import Batch, Channel, Claim, Transmission
from claims.queries import claims_of_batch
from claims.services.answers import record_answer
from claims.services.batches import finish, lock_batch
from claims.services.enclosures import content_of, enclosed_with
from claims.services.importing import refusals_of
from claims.states import BatchStatus, ClaimStatus
from core.fetching import Unreachable, post_bytes

TAKEN = (200, 201)
EMBEDDED = 2 * 1024 * 1024  # bytes of papers inside one claim; what is beyond is brought before it, each by itself


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
            status, body, refused = _bring(channel, claim, enclosed_with([claim])[claim.pk])
        except Unreachable:
            unreached += 1
            continue
        answer = _answer(body, claim)
        _note(batch, claim, status, answer, refused)
        if answer is not None and status in TAKEN:
            answers.append((claim, answer))
    if not unreached:
        _end(batch)
    _record(answers, by=batch.submitted_by)
    return unreached


def give_up(batch_id: UUID) -> None:
    """The interface stayed out of reach: what it took is submitted, the other claims are drafts again."""
    _end(Batch.objects.get(pk=batch_id))


def _bring(channel: Channel, claim: Claim, enclosed: Enclosed) -> tuple[int, Any, str]:
    """A claim after its large papers: status and body of the answer, and what was refused. Raises Unreachable."""
    if enclosed.papers:
        record_export("claims:interface", patient_id=claim.patient_id, claim=claim.number, papers=len(enclosed.papers))
    inside = _inside(enclosed.papers)
    for paper in enclosed.papers:
        if paper not in inside:
            document = as_document(claim, paper, content_of(paper.document))
            status, body = _post(channel, document)
            if status not in TAKEN:
                return status, body, "DocumentReference"

    def value(paper: Paper) -> dict[str, Any]:
        return attached(paper, content=content_of(paper.document)) if paper in inside else referred(paper)

    status, body = _post(channel, as_claim(claim, enclosed, value))
    return status, body, ""


def _inside(papers: Sequence[Paper]) -> list[Paper]:
    """The papers that lie in the claim itself: one after the other as long as they fit."""
    inside, left = [], EMBEDDED
    for paper in papers:
        if paper.document.size <= left:
            inside.append(paper)
            left -= paper.document.size
    return inside


def _post(channel: Channel, resource: dict[str, Any]) -> tuple[int, Any]:
    """Raises Unreachable, for a server in trouble as well."""
    number = resource["identifier"][0]
    headers = {
        "Content-Type": "application/fhir+json",
        "Accept": "application/fhir+json",
        "Prefer": "return=representation",
        "If-None-Exist": f"identifier={number['system']}|{number['value']}",
    }
    if channel.token:
        headers["Authorization"] = f"Bearer {channel.token}"
    address = f"{channel.address.rstrip('/')}/{resource['resourceType']}"
    status, body = post_bytes(address, as_json(resource), **headers)
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


def _note(batch: Batch, claim: Claim, status: int, answer: Answer | None, refused: str) -> None:
    Transmission.objects.create(
        claim=claim,
        batch=batch,
        taken=status in TAKEN,
        answer=f"{status} {answer.outcome if answer else refused}".strip(),
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
