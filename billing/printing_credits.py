"""Credit notes on paper, and the receipt of what was paid out for one."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from billing.models import CreditPrint, RefundPrint
from billing.printing_parts import Pairs, in_both, item, rate_note, spelled, whom
from core.money import Money
from patients.models import Patient


def credit_paper(printed: CreditPrint, people: Sequence[Patient]) -> dict[str, Any]:
    """What of an invoice is taken back, why, who decided it, and what of it is the patient's."""
    note = printed.credit_note
    invoice, refund = note.invoice, getattr(note, "refund", None)
    sums: Pairs = []
    paid: Pairs = [(_("To be paid out"), note.refund_money)] if note.to_refund else []
    whole = Money(note.amount + note.covered, note.currency)
    if invoice.coverage and whole != note.money:
        sums += [(_("Subtotal"), whole), (invoice.coverage.contract.payer.name, note.money - whole)]
    return {
        "branch": invoice.branch,
        "title": _("Credit note"),
        "number": note.number,
        "facts": [
            (_("Credit note"), note.number),
            (_("Invoice"), invoice.number),
            (_("Date"), note.decided_at),
            whom(people),
            (_("Reason"), note.reason),
            (_("Decided by"), str(note.decided_by)),
        ],
        "columns": [_("Service"), _("Amount")],
        "align": "lr",
        "lines": [[item(part.line.text, part.line.detail), part.money] for part in note.lines.select_related("line")],
        "sums": [*sums, *in_both(_("Total"), note.money, invoice.rate)],
        "strong": [-2, -1],
        "spelled": spelled(note.money),
        "paid": [*paid, *(_parts(refund) if refund else [])],
        "footer": rate_note(invoice.rate),
        "signatures": [_("Cashier"), _("Patient")],
    }


def refund_paper(printed: RefundPrint, people: Sequence[Patient]) -> dict[str, Any]:
    """What was paid out for a credit note, how, and by whom."""
    refund = printed.refund
    note = refund.credit_note
    return {
        "branch": refund.shift.branch,
        "title": _("Receipt of a refund"),
        "number": refund.number,
        "facts": [
            (_("Number"), refund.number),
            (_("Credit note"), note.number),
            (_("Invoice"), note.invoice.number),
            (_("Date"), refund.paid_at),
            whom(people),
            (_("Reason"), note.reason),
            (_("Cashier"), str(refund.cashier)),
        ],
        **paid_out(refund),
    }


def paid_out(refund: Any) -> dict[str, Any]:
    """What was handed over or sent, what it comes to in both currencies and in words."""
    return {
        "columns": [_("Method"), _("Amount")],
        "align": "lr",
        "lines": [
            [item(str(refund.get_method_display()), refund.reference), part.money] for part in refund.parts.all()
        ],
        "sums": in_both(_("Paid back"), refund.money, refund.rate),
        "strong": [-2, -1],
        "spelled": spelled(refund.money),
        "footer": rate_note(refund.rate),
        "signatures": [_("Cashier"), _("Patient")],
    }


def _parts(refund: Any) -> Pairs:
    return [(f"{refund.get_method_display()} · {refund.number}", part.money) for part in refund.parts.all()]
