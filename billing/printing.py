"""Papers of the cash office: receipts on A5 and 80 mm, shift reports on A4, in the language that was chosen."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import CreditNote, ReceiptPrint, Shift
from core.money import KHR, USD, Money, convert
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


def shift_report_pdf(shift: Shift, figures: dict[str, Any], *, hospital: Any) -> bytes:
    """The X report of a running shift, the Z report of a closed one, in the reader's language."""
    return render_pdf("billing/shift.typ", _shift(shift, figures, hospital))


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


def _shift(shift: Shift, figures: dict[str, Any], hospital: Any) -> dict[str, Any]:
    methods = {"cash": _("Cash"), "card": pgettext("payment", "Card"), "bank": _("Bank transfer"), "khqr": "KHQR"}
    return {
        "hospital": letterhead(hospital, shift.branch),
        "title": _("X report") if shift.is_running else _("Z report"),
        "number": shift.number,
        "facts": [
            (_("Drawer"), shift.drawer.name),
            (_("Cashier"), str(shift.cashier)),
            (_("Opened"), shift.opened_at),
            (_("Closed"), shift.closed_at),
            (_("Payments"), str(figures["payments"])),
            (_("Accepted"), str(shift.accepted_by or "–")),
        ],
        "columns": [_("Currency"), _("Opening float"), _("Expected"), _("Counted"), _("Difference")],
        "totals": [_currency(total) for total in figures["totals"]],
        "collected_title": pgettext("cash", "Collected"),
        "collected_columns": [_("Collected by"), _("Amount")],
        "collected": [(methods[row.method], Money(row.amount, row.currency)) for row in figures["collected"]],
        "notes_title": _("Notes counted"),
        "notes_columns": [_("Banknote"), _("Pieces")],
        "notes": [(Money(count.denomination, count.currency), str(count.pieces)) for count in figures["counts"]],
        "signatures": [_("Cashier"), _("Accountant")],
    }


def _currency(total: Any) -> dict[str, Any]:
    figures = [total.expected_money, total.counted_money, total.difference_money]
    cells = [str(total.get_currency_display()), total.opening_money]
    return {"cells": cells + (figures if total.counted is not None else ["–"] * 3), "reason": total.reason}
