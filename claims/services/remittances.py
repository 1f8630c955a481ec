"""A payer's payment for many claims: booked once, claim by claim, all of it or nothing."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from billing.models import PayerShare
from billing.services.numbers import paper_number
from billing.services.payers import receive_from_payer, return_to_payer
from claims.errors import PaymentBeyondClaim, RemittanceEmpty, RemittanceTwice, ReturnBeyondCredit
from claims.models import Claim, DenialReason, Remittance, RemittanceLine
from claims.services.answers import answer, refuse_from_the_end
from claims.services.moves import end_if_settled, lock_claim
from claims.states import ENDED
from core.ids import new_id
from core.money import Money, convert
from insurance.models import Payer


@dataclass(frozen=True)
class Paid:
    """One row of a remittance: `paid` in its currency (below zero: taken back), `rejected` in the claim's."""

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

    Raises RemittanceTwice, RemittanceEmpty, PaymentBeyondClaim, ReturnBeyondCredit, RefusalBeyondLine, MoveNotAllowed.
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
        post = _take_back if row.paid < 0 else _post
        post(remittance, lock_claim(row.claim), row, by)
    return remittance


def pay_back(*, claim: Claim, amount: Decimal, given_on: datetime.date, reference: str = "", by: Any) -> Remittance:
    """Book what is paid back by bank for a claim whose invoice was credited since. Raises ReturnBeyondCredit."""
    return post_remittance(
        payer=claim.payer,
        rows=[Paid(claim, -amount)],
        currency=claim.currency,
        received_on=given_on,
        reference=reference,
        digest=new_id().hex,
        by=by,
    )


def _take_back(remittance: Remittance, claim: Claim, row: Paid, by: Any) -> None:
    """What the payer keeps of this payment, or is paid back, for what was credited on a claim already settled."""
    share = PayerShare.objects.get(invoice=claim.invoice)
    given = Money(-row.paid, remittance.currency)
    settled = _settled(share.left_to_return, given, claim.invoice.rate)
    if claim.status not in ENDED or row.rejected or not 0 < settled <= share.left_to_return.amount:
        raise ReturnBeyondCredit(number=claim.number)
    line = RemittanceLine.objects.create(
        remittance=remittance, claim=claim, paid=row.paid, currency=remittance.currency, settled=-settled
    )
    claim.returned += settled
    claim.save(update_fields=["returned", "updated_at"])
    return_to_payer(invoice=claim.invoice, amount=settled, given=given, source_id=line.pk, by=by)


def _post(remittance: Remittance, claim: Claim, row: Paid, by: Any) -> None:
    rejected = row.rejected or (claim.rejected if claim.accepted else Decimal(0))
    if row.rejected or not (claim.accepted or claim.rejected) or claim.status == "appealed":
        refused = refuse_from_the_end(claim, rejected, row.denial)
        claim = answer(claim, refused, by=by)
    owed = Money(claim.accepted - claim.paid, claim.currency)
    settled = _settled(owed, Money(row.paid, remittance.currency), claim.invoice.rate)
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


def _settled(owed: Money, moved: Money, rate: Decimal) -> Decimal:
    """What money settles of what is owed, in its currency at the invoice's rate: all where only rounding is between."""
    if moved and convert(owed, moved.currency, rate) == moved:
        return owed.amount
    return convert(moved, owed.currency, rate).amount
