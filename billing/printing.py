"""Papers of the cash office: receipts on A5 and 80 mm, credit notes, in the language that was chosen."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import CreditNote, ReceiptPrint
from core.money import KHR, USD, convert
from core.pdf import letterhead, render_pdf

Pairs = list[tuple[str, Any]]


def receipt_pdf(printed: ReceiptPrint, *, hospital: Any) -> bytes:
    """One printing of a receipt; a reprint says that it is a copy."""
    with translation.override(printed.language):
        return render_pdf("billing/receipt.typ", _receipt(printed, hospital))


def credit_pdf(note: CreditNote, *, hospital: Any) -> bytes:
    """A credit note on A5, in the patient's own language."""
    with translation.override(note.invoice.patient.preferred_language):
        return render_pdf("billing/credit.typ", _credit(note, hospital))


def _receipt(printed: ReceiptPrint, hospital: Any) -> dict[str, Any]:
    payment = printed.payment
    invoice = payment.invoice
    return {
        "paper": printed.paper,
        "hospital": letterhead(hospital, payment.shift.branch),
        "title": _("Receipt"),
        "number": payment.number,
        "copy": _("Copy %(number)d") % {"number": printed.copy - 1} if printed.is_copy else "",
        "facts": [
            (_("Receipt"), payment.number),
            (_("Invoice"), invoice.number),
            (_("Date"), payment.received_at),
            (_("Patient"), f"{invoice.patient.full_name} · {invoice.patient.mrn}"),
            (_("Cashier"), str(payment.cashier)),
        ],
        "columns": [_("Service"), _("Quantity"), _("Amount")],
        "lines": [_line(line) for line in invoice.lines.all()],
        "sums": _sums(invoice),
        "strong": [-2, -1],
        "paid": _paid(payment),
        "footer": _footer(payment),
        "thanks": _("Thank you. Please keep this receipt."),
    }


def _line(line: Any) -> dict[str, Any]:
    return {"text": line.text, "detail": line.detail, "quantity": line.quantity.normalize(), "amount": line.money}


def _sums(invoice: Any) -> Pairs:
    """Discount where there is one; the total in the invoice's currency and, below it, in the other one at its rate."""
    rows: Pairs = []
    if invoice.discount:
        rows.append((_("Subtotal"), invoice.subtotal_money))
        rows.append((invoice.discount_label or _("Discount"), -invoice.discount_money))
    other = USD if invoice.currency == KHR else KHR
    return [*rows, (_("Total"), invoice.total_money), ("", convert(invoice.total_money, other, invoice.rate))]


def _paid(payment: Any) -> Pairs:
    rows: Pairs = [(str(tender.get_method_display()), tender.money) for tender in payment.tenders.all()]
    rows += [(pgettext("cash", "Change"), change.money) for change in payment.changes.all()]
    if payment.rounding:
        rows.append((_("Rounding"), payment.rounding_money))
    if payment.balance_after:
        rows.append((_("Still due"), payment.balance_money))
    return rows


def _footer(payment: Any) -> list[str]:
    notes = [_("1 dollar is %(riel)s riel") % {"riel": f"{payment.rate.normalize():,f}"}]
    if payment.points:
        points = {"points": f"{payment.points.normalize():,f}", "balance": f"{payment.points_balance.normalize():,f}"}
        notes.append(_("Points earned: %(points)s. The family now has %(balance)s points.") % points)
    return notes


def _credit(note: CreditNote, hospital: Any) -> dict[str, Any]:
    invoice, refund = note.invoice, getattr(note, "refund", None)
    other = USD if note.currency == KHR else KHR
    paid_out: Pairs = [(str(refund.get_method_display()), part.money) for part in refund.parts.all()] if refund else []
    return {
        "hospital": letterhead(hospital, invoice.branch),
        "title": _("Credit note"),
        "number": note.number,
        "facts": [
            (_("Credit note"), note.number),
            (_("Invoice"), invoice.number),
            (_("Date"), note.decided_at),
            (_("Patient"), f"{invoice.patient.full_name} · {invoice.patient.mrn}"),
            (_("Reason"), note.reason),
            (_("Decided by"), str(note.decided_by)),
        ],
        "columns": [_("Service"), _("Amount")],
        "lines": [
            {"text": part.line.text, "detail": part.line.detail, "amount": part.money}
            for part in note.lines.select_related("line")
        ],
        "sums": [(_("Total"), note.money), ("", convert(note.money, other, invoice.rate)), *paid_out],
        "footer": [_("1 dollar is %(riel)s riel") % {"riel": f"{invoice.rate.normalize():,f}"}],
        "signatures": [_("Cashier"), _("Patient")],
    }
