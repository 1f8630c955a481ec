"""Papers of the cash office as PDF: every kind from one template, on the paper and in the language of its printing."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import translation

from billing.models import (
    CreditPrint,
    DepositPrint,
    DepositRefundPrint,
    InvoicePrint,
    Printing,
    ReceiptPrint,
    RefundPrint,
    StatementPrint,
)
from billing.papers import people_on
from billing.printing_bills import invoice_paper, receipt_paper
from billing.printing_credits import credit_paper, refund_paper
from billing.printing_deposits import deposit_paper, deposit_refund_paper
from billing.printing_parts import copy_words
from billing.printing_statements import statement_paper
from core.pdf import letterhead, render_pdf
from patients.models import Patient

DRAWN: dict[type[Printing], Callable[[Any, Sequence[Patient]], dict[str, Any]]] = {
    ReceiptPrint: receipt_paper,
    InvoicePrint: invoice_paper,
    DepositPrint: deposit_paper,
    DepositRefundPrint: deposit_refund_paper,
    CreditPrint: credit_paper,
    RefundPrint: refund_paper,
    StatementPrint: statement_paper,
}
ALWAYS: dict[str, Any] = {"wide": 0, "paid": (), "footer": (), "thanks": "", "codes": (), "signatures": ()}


def paper_pdf(printed: Printing, *, hospital: Any, people: Sequence[Patient] = ()) -> bytes:
    """One printing of a paper; a reprint says that it is a copy. `people` are whom it is about: its patient."""
    with translation.override(printed.language):
        return render_pdf("billing/paper.typ", drawn(printed, hospital, people or people_on(printed)))


def drawn(printed: Printing, hospital: Any, people: Sequence[Patient] = ()) -> dict[str, Any]:
    """What stands on a paper, in the active language."""
    drawing = DRAWN[type(printed)](printed, people or people_on(printed))
    head = letterhead(hospital, drawing.pop("branch"))
    return {**ALWAYS, "paper": printed.paper, "hospital": head, "copy": copy_words(printed), **drawing}
