"""A payer's file becomes a remittance: every row must name a claim of that payer, or nothing is posted."""

import hashlib
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from claims.adapters.fhir import Answer
from claims.adapters.remittances import Row
from claims.models import Claim, DenialReason
from claims.services.answers import Refusal, record_answer
from claims.services.remittances import Paid
from core.money import Money, convert
from insurance.models import Payer


class RowsRefused(Exception):
    """What is wrong with the file, row by row, in words for the person who sent it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def denial_of(code: str) -> DenialReason | None:
    """The reason by the payer's code; a code never seen before is added under its own name."""
    code = code.strip()[:20]
    if not code:
        return None
    return DenialReason.objects.get_or_create(code=code, defaults={"name": code})[0]


def matched(payer: Payer, rows: list[Row], currency: str) -> list[Paid]:
    """Rows of a file with their claims; refused amounts are brought to the claim's currency. Raises RowsRefused."""
    claims = _claims(payer, [row.claim for row in rows])
    problems, found, seen = [], [], set()
    for row in rows:
        claim = claims.get(row.claim)
        if claim is None:
            problems.append(_("Row %(row)d: no claim of this payer has this number.") % {"row": row.number})
        elif row.claim in seen:
            problems.append(_("Row %(row)d: this claim stands in the file twice.") % {"row": row.number})
        else:
            rejected = _brought(row.rejected, currency, claim)
            found.append(Paid(claim, row.paid, rejected, denial_of(row.reason)))
        seen.add(row.claim)
    if problems:
        raise RowsRefused(problems)
    return found


def take_answers(payer: Payer, answers: list[Answer], *, by: Any) -> list[Paid]:
    """Record decided ClaimResponses; those that say what was paid become rows of a remittance. Raises RowsRefused."""
    claims = _claims(payer, [one.claim for one in answers])
    unknown = [one.claim for one in answers if one.claim not in claims]
    if unknown:
        raise RowsRefused([_("No claim of this payer has the number %(number)s.") % {"number": one} for one in unknown])
    rows = []
    for one in answers:
        claim = claims[one.claim]
        if one.is_decided and claim.can_answer:
            record_answer(claim=claim, refused=refusals_of(claim, one), reference=one.reference, by=by)
        if one.paid:
            rows.append(Paid(claim, one.paid))
    return rows


def refusals_of(claim: Claim, answer: Answer) -> dict[Any, Refusal]:
    """What a ClaimResponse refuses, by our lines; an answer that is an error refuses everything."""
    lines = {line.position: line for line in claim.lines.all()}
    if answer.outcome == "error" and not answer.refused:
        return {line.pk: Refusal(line.amount) for line in lines.values()}
    return {
        lines[position].pk: Refusal(amount, denial_of(code))
        for position, (amount, code) in answer.refused.items()
        if position in lines
    }


def _claims(payer: Payer, numbers: list[str]) -> dict[str, Claim]:
    found = Claim.objects.filter(payer=payer, number__in=numbers).select_related("invoice__branch", "payer")
    return {claim.number: claim for claim in found}


def _brought(amount: Decimal, currency: str, claim: Claim) -> Decimal:
    """A refused amount in the claim's currency: the whole claim where only rounding is between."""
    money = Money.rounded(amount, currency)
    if money and convert(claim.money, currency, claim.invoice.rate) == money:
        return claim.amount
    return convert(money, claim.currency, claim.invoice.rate).amount
