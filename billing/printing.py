"""Papers of the cash office: receipts on A5 and 80 mm, shift reports on A4, in the language that was chosen."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from billing.models import ReceiptPrint, Shift
from core.money import KHR, Money, convert, format_money
from core.pdf import render_pdf


def receipt_pdf(printed: ReceiptPrint, *, hospital: Any) -> bytes:
    """One printing of a receipt; a reprint says that it is a copy."""
    with translation.override(printed.language):
        return render_pdf("billing/receipt.typ", _receipt(printed, hospital))


def shift_report_pdf(shift: Shift, figures: dict[str, Any], *, hospital: Any) -> bytes:
    """The X report of a running shift, the Z report of a closed one, in the reader's language."""
    return render_pdf("billing/shift.typ", _shift(shift, figures, hospital))


def _header(hospital: Any, branch: Any) -> dict[str, str]:
    return {
        "hospital": hospital.name,
        "branch": branch.name,
        "address": branch.address or hospital.address,
        "phone": branch.phone or hospital.phone,
        "tax_number": hospital.tax_number,
    }


def _receipt(printed: ReceiptPrint, hospital: Any) -> dict[str, Any]:
    payment = printed.payment
    invoice = payment.invoice
    return {
        "paper": printed.paper,
        "language": printed.language,
        "title": _("Receipt"),
        "copy": _("Copy %(number)d") % {"number": printed.copy - 1} if printed.is_copy else "",
        **_header(hospital, payment.shift.branch),
        "facts": [
            (_("Receipt"), payment.number),
            (_("Invoice"), invoice.number),
            (_("Date"), f"{payment.received_at.astimezone():%Y-%m-%d %H:%M}"),
            (_("Patient"), f"{invoice.patient.full_name} · {invoice.patient.mrn}"),
            (_("Cashier"), str(payment.cashier)),
        ],
        "columns": [_("Service"), _("Quantity"), _("Amount")],
        "lines": [_line(line) for line in invoice.lines.all()],
        "sums": _sums(invoice),
        "paid": _paid(payment),
        "footer": _footer(payment),
        "thanks": _("Thank you. Please keep this receipt."),
    }


def _line(line: Any) -> dict[str, str]:
    return {
        "text": line.text,
        "detail": line.detail,
        "quantity": f"{line.quantity.normalize():f}",
        "amount": format_money(line.money),
    }


def _sums(invoice: Any) -> list[tuple[str, str]]:
    """What the invoice comes to; the total in both currencies."""
    rows = []
    if invoice.discount:
        percent = f"{invoice.discount_percent.normalize():f} %"
        rows += [
            (_("Subtotal"), format_money(invoice.subtotal_money)),
            (f"{invoice.discount_label} ({percent})", "−" + format_money(invoice.discount_money)),
        ]
    other = "USD" if invoice.currency == KHR else "KHR"
    rows.append((_("Total"), format_money(invoice.total_money)))
    rows.append(("", format_money(convert(invoice.total_money, other, invoice.rate))))
    return rows


def _paid(payment: Any) -> list[tuple[str, str]]:
    rows = [(str(tender.get_method_display()), format_money(tender.money)) for tender in payment.tenders.all()]
    rows += [(_("Change"), format_money(change.money)) for change in payment.changes.all()]
    if payment.rounding:
        rows.append((_("Rounding"), format_money(payment.rounding_money)))
    if payment.balance_after:
        rows.append((_("Still due"), format_money(payment.balance_money)))
    return rows


def _footer(payment: Any) -> list[str]:
    rate = f"{payment.rate.normalize():f}"
    notes = [_("Rate: 1 dollar is %(riel)s riel") % {"riel": rate}]
    if payment.points:
        notes.append(
            _("Points earned: %(points)s. The family now has %(balance)s points.")
            % {"points": f"{payment.points.normalize():f}", "balance": f"{payment.points_balance.normalize():f}"}
        )
    return notes


def _shift(shift: Shift, figures: dict[str, Any], hospital: Any) -> dict[str, Any]:
    method = {"cash": _("Cash"), "card": _("Card"), "bank": _("Bank transfer"), "khqr": "KHQR"}
    return {
        "language": translation.get_language(),
        "title": _("X report") if shift.is_running else _("Z report"),
        **_header(hospital, shift.branch),
        "facts": [
            (_("Shift"), shift.number),
            (_("Drawer"), shift.drawer.name),
            (_("Cashier"), str(shift.cashier)),
            (_("Opened"), f"{shift.opened_at.astimezone():%Y-%m-%d %H:%M}"),
            (_("Closed"), f"{shift.closed_at.astimezone():%Y-%m-%d %H:%M}" if shift.closed_at else "–"),
            (_("Payments"), str(figures["payments"])),
        ],
        "collected_title": _("Collected"),
        "collected": [
            (str(method[row.method]), format_money(Money(row.amount, row.currency))) for row in figures["collected"]
        ],
        "columns": [_("Currency"), _("Opening float"), _("Expected"), _("Counted"), _("Difference")],
        "totals": [_total(total) for total in figures["totals"]],
        "notes_title": _("Notes counted"),
        "notes": [
            (format_money(Money(count.denomination, count.currency)), str(count.pieces)) for count in figures["counts"]
        ],
        "signatures": [_("Cashier"), _("Accountant")],
    }


def _total(total: Any) -> dict[str, Any]:
    counted = total.counted is not None
    return {
        "cells": [
            str(total.get_currency_display()),
            format_money(total.opening_money),
            format_money(total.expected_money) if counted else "–",
            format_money(total.counted_money) if counted else "–",
            format_money(total.difference_money) if counted else "–",
        ],
        "reason": total.reason,
    }
