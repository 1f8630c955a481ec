"""Batches: gathered for one payer, numbered without gaps in each month, sent by the payer's way."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from claims.errors import BatchEmpty, BatchSent
from claims.models import Batch, Channel, Claim
from claims.services.moves import lock_claim, move
from claims.states import BatchStatus, ClaimStatus, Way
from core.clock import now, today
from core.numbering import next_number
from insurance.models import Payer


@transaction.atomic
def make_batch(*, payer: Payer, claims: Sequence[Claim], by: Any) -> Batch:
    """Put drafts of one payer into a new batch. Raises BatchEmpty when one is of another payer or gone elsewhere."""
    locked = [lock_claim(claim) for claim in sorted(claims, key=lambda one: one.pk)]
    if not locked or any(one.payer_id != payer.pk or one.batch_id or not one.is_draft for one in locked):
        raise BatchEmpty()
    month = today().replace(day=1)
    sequence = next_number(f"claims.batch:{payer.code}:{month:%Y-%m}")
    batch = Batch.objects.create(
        payer=payer,
        month=month,
        sequence=sequence,
        number=f"{payer.code}-{month:%Y%m}-{sequence:03d}",
        made_by=by,
    )
    Claim.objects.filter(pk__in=[one.pk for one in locked]).update(batch=batch, updated_at=now())
    return batch


def way_of(payer: Payer) -> str:
    """How claims go to a payer; a CSV file unless the hospital set something else."""
    channel = Channel.objects.filter(payer=payer).first()
    return channel.way if channel else Way.CSV


@transaction.atomic
def submit_batch(*, batch: Batch, by: Any) -> Batch:
    """Send a batch: a file counts as sent when it is made; an interface is asked by a job. Raises BatchSent."""
    batch = lock_batch(batch)
    if not batch.is_open:
        raise BatchSent()
    batch.way, batch.submitted_by = way_of(batch.payer), by
    if batch.way == Way.API:
        from claims.tasks import send_batch

        batch.status = BatchStatus.SENDING
        batch.save(update_fields=["status", "way", "submitted_by", "updated_at"])
        transaction.on_commit(partial(send_batch.delay, str(batch.pk)))
        return batch
    return finish(batch, by=by)


def lock_batch(batch: Batch) -> Batch:
    return Batch.objects.select_for_update(of=("self",)).select_related("payer", "submitted_by").get(pk=batch.pk)


def finish(batch: Batch, *, by: Any) -> Batch:
    """A locked batch is with the payer: its drafts are submitted."""
    for claim in batch.claims.filter(status=ClaimStatus.DRAFT).order_by("pk"):
        move(lock_claim(claim), "submit", by=by, submitted_at=now())
    batch.status, batch.submitted_at = BatchStatus.SUBMITTED, now()
    batch.save(update_fields=["status", "way", "submitted_at", "submitted_by", "updated_at"])
    return batch
