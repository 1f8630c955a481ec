"""A payer's payment for many claims: booked once, claim by claim, all of it or nothing."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from billing.services.numbers import paper_number
from billing.services.payers import receive_from_payer
from claims.errors import PaymentBeyondClaim, RemittanceEmpty, RemittanceTwice
from claims.models import Claim, DenialReason, Remittance, RemittanceLine
from claims.services.answers import answer, refuse_from_the_end
from claims.services.moves import end_if_settled, lock_claim
from core.money import Money, convert
from insurance.models import Payer


@dataclass(frozen=True)
class Paid:
    """One row of a remittance: `paid` in its currency, `rejected` in the claim's."""

    claim: Claim
    paid: Decimal
    rejected: Decimal = Decimal(0)
    denial: DenialReason | None = None


@transaction.atomic
def post_remittance(
    *,
    payer: Payer,
    rows: Sequence[Paid],
    currency: str,
    received_on: datetime.date,
    reference: str = "",
    digest: str,
    by: Any,
) -> Remittance:
    """Book what a payer paid and refused. Claims are locked in the order of their numbers' ids.

    Raises RemittanceTwice, RemittanceEmpty, PaymentBeyondClaim, RefusalBeyondLine, MoveNotAllowed.
    """
    if not rows:
        raise RemittanceEmpty()
    branch = rows[0].claim.invoice.branch
    try:
        with transaction.atomic():
            remittance = Remittance.objects.create(
                number=paper_number("remittance", "RM", branch),
                payer=payer,
                received_on=received_on,
                reference=reference,
                currency=currency,
                amount=sum((row.paid for row in rows), Decimal(0)),
                digest=digest,
                posted_by=by,
            )
    except IntegrityError as error:
        raise RemittanceTwice() from error
    for row in sorted(rows, key=lambda one: one.claim.pk):
        _post(remittance, row, by)
    return remittance


def _post(remittance: Remittance, row: Paid, by: Any) -> None:
    claim = lock_claim(row.claim)
    rejected = row.rejected or (claim.rejected if claim.accepted else Decimal(0))
    if row.rejected or not (claim.accepted or claim.rejected) or claim.status == "appealed":
        refused = refuse_from_the_end(claim, rejected, row.denial)
        claim = answer(claim, refused, by=by)
    settled = _settled(claim, Money(row.paid, remittance.currency))
    if settled > claim.accepted - claim.paid:
        raise PaymentBeyondClaim(number=claim.number)
    line = RemittanceLine.objects.create(
        remittance=remittance,
        claim=claim,
        paid=row.paid,
        currency=remittance.currency,
        settled=settled,
        rejected=row.rejected,
        denial=row.denial,
    )
    if not settled:
        return
    claim.paid += settled
    claim.save(update_fields=["paid", "updated_at"])
    received = Money(row.paid, remittance.currency)
    receive_from_payer(invoice=claim.invoice, amount=settled, received=received, source_id=line.pk, by=by)
    end_if_settled(claim, by=by)


def _settled(claim: Claim, received: Money) -> Decimal:
    """What the money settles in the claim's currency, at the invoice's rate: whole where only rounding is between."""
    owed = Money(claim.accepted - claim.paid, claim.currency)
    rate = claim.invoice.rate
    if received and convert(owed, received.currency, rate) == received:
        return owed.amount
    return convert(received, claim.currency, rate).amount
