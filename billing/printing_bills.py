"""Invoices and receipts on paper."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import Invoice, InvoiceLine, InvoicePrint, ReceiptPrint
from billing.paper_codes import codes_of_invoice, codes_of_payment
from billing.printing_parts import Pairs, codes, copy_words, in_both, item, rate_note, spelled, whom
from billing.queries.bills import taxes_in
from billing.states import InvoiceStatus
from patients.models import Patient


def receipt_paper(printed: ReceiptPrint, people: Sequence[Patient]) -> dict[str, Any]:
    """What was paid of which invoice, how, and what is still due."""
    payment = printed.payment
    invoice = payment.invoice
    return {
        "branch": payment.shift.branch,
        "title": _("Receipt"),
        "number": payment.number,
        "facts": [
            (_("Receipt"), payment.number),
            (_("Invoice"), invoice.number),
            (_("Date"), payment.received_at),
            whom(people),
            (_("Cashier"), str(payment.cashier)),
        ],
        **_lines(invoice),
        "spelled": spelled(payment.applied_money),
        "paid": _paid(payment),
        "footer": [*rate_note(payment.rate), *_points(payment)],
        "thanks": _("Thank you. Please keep this receipt."),
        "codes": codes(codes_of_payment(payment)),
    }


def invoice_paper(printed: InvoicePrint, people: Sequence[Patient]) -> dict[str, Any]:
    """An issued invoice: what was charged, what it comes to in both currencies and in words, what is still due."""
    invoice = printed.invoice
    taxed = any(line.tax_rate for line in invoice.lines.all())
    return {
        "branch": invoice.branch,
        "title": _("Tax invoice") if taxed else _("Invoice"),
        "number": invoice.number,
        "copy": str(invoice.get_status_display()) if invoice.status == InvoiceStatus.VOID else copy_words(printed),
        "facts": [
            (_("Invoice"), invoice.number),
            (_("Date"), invoice.issued_at),
            whom(people),
            *_buyer(invoice),
            (_("Visit"), invoice.visit.number),
            (_("Issued by"), str(invoice.issued_by)),
        ],
        **_lines(invoice),
        "spelled": spelled(invoice.total_money),
        "paid": _since(invoice),
        "footer": rate_note(invoice.rate),
        "codes": codes(codes_of_invoice(invoice)),
    }


def _lines(invoice: Invoice) -> dict[str, Any]:
    lines = list(invoice.lines.all())
    return {
        "columns": [_("Service"), _("Quantity"), _("Amount")],
        "align": "lrr",
        "lines": [[item(line.text, line.detail), line.quantity.normalize(), line.money] for line in lines],
        "sums": _sums(invoice, lines),
        "strong": [-2, -1],
    }


def _sums(invoice: Invoice, lines: list[InvoiceLine]) -> Pairs:
    """What is let off and by whom; tax; the total in the invoice's currency and, below it, in the other one."""
    rows: Pairs = []
    if invoice.discount or invoice.covered:
        rows.append((_("Subtotal"), invoice.subtotal_money))
    if invoice.own_discount_money:
        rows.append((invoice.discount_label or _("Discount"), -invoice.own_discount_money))
    if invoice.coverage and invoice.covered:
        rows.append((invoice.coverage.contract.payer.name, -invoice.covered_money))
    if invoice.fund and invoice.exempted:
        rows.append((_("Exempted: %(fund)s") % {"fund": invoice.fund.name}, -invoice.exempted_money))
    for percent, tax in taxes_in(lines):
        rows.append((_("VAT %(percent)s %%, included") % {"percent": f"{percent.normalize():f}"}, tax))
    return [*rows, *in_both(_("Total"), invoice.total_money, invoice.rate)]


def _since(invoice: Invoice) -> Pairs:
    """What happened since the issue, and what is still due."""
    moved = [
        (_("Refused by the payer"), invoice.transferred_money),
        (_("Paid"), invoice.paid_money),
        (_("Credited"), -invoice.credited_money),
        (pgettext("credit note", "Paid out"), invoice.refunded_money),
        (_("Written off"), -invoice.written_off_money),
    ]
    return [one for one in moved if one[1]] + ([(_("Still due"), invoice.due_money)] if invoice.is_owing else [])


def _buyer(invoice: Invoice) -> Pairs:
    """A company the invoice is for, and the tax number of whoever pays it."""
    rows: Pairs = [(_("Invoice for"), invoice.buyer)] if invoice.buyer else []
    if invoice.buyer_tax_number:
        rows.append((_("Tax number of the buyer"), invoice.buyer_tax_number))
    return rows


def _paid(payment: Any) -> Pairs:
    rows: Pairs = [(str(tender.get_method_display()), tender.money) for tender in payment.tenders.all()]
    rows += [(pgettext("cash", "Change"), change.money) for change in payment.changes.all()]
    if payment.rounding:
        rows.append((_("Rounding"), payment.rounding_money))
    if payment.balance_after:
        rows.append((_("Still due"), payment.balance_money))
    return rows


def _points(payment: Any) -> list[str]:
    if not payment.points:
        return []
    points = {"points": f"{payment.points.normalize():,f}", "balance": f"{payment.points_balance.normalize():,f}"}
    return [_("Points earned: %(points)s. The family now has %(balance)s points.") % points]
