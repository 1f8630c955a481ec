"""A credit after the payer's claim has ended: to whom the payer's part of it goes back."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from billing.models import CreditLine, CreditNote, PayerShare
from billing.payer_rules import Refused, refusals_of
from billing.queries.credits import covered_by_line
from insurance.share import ZERO, portion


@dataclass(frozen=True)
class Back:
    """Of the payer's part of a credit: `owed` to the payer, who had paid it; `passed` to the patient; `written` off."""

    owed: Decimal = ZERO
    passed: Decimal = ZERO
    written: Decimal = ZERO


NOTHING_BACK = Back()


def back_of(share: PayerShare, note: CreditNote, owed: Decimal) -> Back:
    """Where `owed`, a credit's part of a settled share, goes back to.

    What the payer had refused of the credited lines goes back to who bore it, patient and write-off in the proportion
    of both; the rest is the payer's. Portions are differences of sums, so that all credits together meet all of it.
    """
    refused = _refused(share, note, owed)
    borne, before = share.transferred + share.written_off, share.passed_back + share.written_back
    passed = _step(share.transferred, before, refused, borne, share.currency)
    return Back(owed=owed - refused, passed=passed, written=refused - passed)


def _refused(share: PayerShare, note: CreditNote, owed: Decimal) -> Decimal:
    told = refusals_of(share)
    case = told.get(None)
    if case:
        return _of(case, share.due, share.credited, owed, share.currency)
    lines: Iterable[CreditLine] = note.lines.select_related("line")
    before = covered_by_line(share.invoice_id)
    return sum(
        (
            _of(told[part.line_id], part.line.covered, before.get(part.line_id, ZERO), part.covered, share.currency)
            for part in lines
            if part.line_id in told
        ),
        ZERO,
    )


def _of(told: Refused, whole: Decimal, credited: Decimal, now: Decimal, currency: str) -> Decimal:
    """What of `now` was refused; what had been credited before the claim was made was not on it."""
    return _step(told.refused, credited - (whole - told.claimed), now, told.claimed, currency)


def _step(whole: Decimal, before: Decimal, part: Decimal, of: Decimal, currency: str) -> Decimal:
    return portion(whole, before + part, of, currency) - portion(whole, before, of, currency)
