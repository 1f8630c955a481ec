"""Receipts of deposits on paper, and of what was paid back of one."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from billing import pricing
from billing.models import DepositPrint, DepositRefundPrint
from billing.printing_credits import paid_out
from billing.printing_parts import Pairs, in_both, item, rate_note, spelled, whom
from billing.queries.catalogue import rate_known_at
from core.money import USD
from patients.models import Patient


def deposit_paper(printed: DepositPrint, people: Sequence[Patient]) -> dict[str, Any]:
    """What was paid in beforehand, in each currency and together, at the rate of its day."""
    deposit = printed.deposit
    held = [move.money for move in deposit.moves.order_by("-currency")]
    rate = rate_known_at(deposit.created_at)
    sums: Pairs = [(_("Paid in"), money) for money in held]
    if len(held) == 1:
        sums = in_both(_("Paid in"), held[0], rate)
    elif rate:
        together = {money.currency: money.amount for money in held}
        sums += in_both(_("Total"), pricing.worth_together(together, base=USD, rate=rate), rate)
    facts: Pairs = [
        (_("Receipt"), deposit.number),
        (_("Date"), deposit.received_at),
        whom(people),
        (_("Cashier"), str(deposit.cashier)),
    ]
    if deposit.for_family:
        facts.append((_("Held for"), _("The whole family")))
    return {
        "branch": deposit.branch,
        "title": _("Receipt of a deposit"),
        "number": deposit.number,
        "facts": facts,
        "columns": [_("Method"), _("Amount")],
        "align": "lr",
        "lines": [[item(str(one.get_method_display()), one.reference), one.money] for one in deposit.tenders.all()],
        "sums": sums,
        "strong": [-2, -1],
        "spelled": spelled(*held),
        "footer": [*rate_note(rate), _("The deposit pays later bills. What is left is paid back on request.")],
        "signatures": [_("Cashier"), _("Patient")],
    }


def deposit_refund_paper(printed: DepositRefundPrint, people: Sequence[Patient]) -> dict[str, Any]:
    refund = printed.deposit_refund
    return {
        "branch": refund.shift.branch if refund.shift else None,
        "title": _("Refund of a deposit"),
        "number": refund.number,
        "facts": [
            (_("Number"), refund.number),
            (_("Date"), refund.paid_at),
            whom(people),
            (_("Reason"), refund.reason),
            (_("Decided by"), str(refund.decided_by)),
            (_("Cashier"), str(refund.cashier)),
        ],
        **paid_out(refund),
    }
