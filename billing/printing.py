"""Papers of the cash office: receipts on A5 and 80 mm, credit notes, in the language that was chosen."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import CreditNote, Deposit, DepositRefund, Invoice, InvoiceLine, InvoicePrint, ReceiptPrint
from billing.paper_codes import PaperCode, codes_of_invoice, codes_of_payment
from billing.queries.bills import taxes_in
from billing.states import InvoiceStatus
from core.money import KHR, USD, Money, convert
from core.pdf import letterhead, qr_svg, render_pdf
from core.spelling import spell_money

Pairs = list[tuple[str, Any]]


def receipt_pdf(printed: ReceiptPrint, *, hospital: Any) -> bytes:
    """One printing of a receipt; a reprint says that it is a copy."""
    with translation.override(printed.language):
        return render_pdf("billing/receipt.typ", _receipt(printed, hospital))


def credit_pdf(note: CreditNote, *, hospital: Any) -> bytes:
    """A credit note on A5, in the patient's own language."""
    with translation.override(note.invoice.patient.preferred_language):
        return render_pdf("billing/credit.typ", _credit(note, hospital))


def invoice_pdf(printed: InvoicePrint, *, hospital: Any) -> bytes:
    """One printing of an issued invoice on A4, A5 or an 80 mm roll; a reprint says that it is a copy."""
    with translation.override(printed.language):
        return render_pdf("billing/receipt.typ", _invoice(printed, hospital))


def deposit_pdf(deposit: Deposit, *, hospital: Any) -> bytes:
    """The receipt of a deposit on A5, in the patient's own language."""
    with translation.override(deposit.patient.preferred_language):
        return render_pdf("billing/credit.typ", _deposit(deposit, hospital))


def deposit_refund_pdf(refund: DepositRefund, *, hospital: Any) -> bytes:
    """What was paid back of a deposit, on A5, in the patient's own language."""
    with translation.override(refund.patient.preferred_language):
        return render_pdf("billing/credit.typ", _deposit_refund(refund, hospital))


def _receipt(printed: ReceiptPrint, hospital: Any) -> dict[str, Any]:
    payment = printed.payment
    invoice = payment.invoice
    lines = list(invoice.lines.all())
    return {
        "paper": printed.paper,
        "hospital": letterhead(hospital, payment.shift.branch),
        "title": _("Receipt"),
        "number": payment.number,
        "copy": _copy(printed),
        "facts": [
            (_("Receipt"), payment.number),
            (_("Invoice"), invoice.number),
            (_("Date"), payment.received_at),
            (_("Patient"), f"{invoice.patient.full_name} · {invoice.patient.mrn}"),
            (_("Cashier"), str(payment.cashier)),
        ],
        "columns": [_("Service"), _("Quantity"), _("Amount")],
        "lines": [_line(line) for line in lines],
        "sums": _sums(invoice, lines),
        "strong": [-2, -1],
        "spelled": _spelled(payment.applied_money),
        "paid": _paid(payment),
        "footer": _footer(payment),
        "thanks": _("Thank you. Please keep this receipt."),
        "codes": _codes(codes_of_payment(payment)),
    }


def _copy(printed: ReceiptPrint | InvoicePrint) -> str:
    return _("Copy %(number)d") % {"number": printed.copy - 1} if printed.is_copy else ""


def _codes(codes: list[PaperCode]) -> list[dict[str, str]]:
    return [{"svg": qr_svg(code.text), "caption": str(code.caption)} for code in codes]


def _spelled(money: Money) -> str:
    """The amount in words of the paper's language."""
    return _("In words: %(words)s") % {"words": spell_money(money, translation.get_language() or "en")}


def _invoice(printed: InvoicePrint, hospital: Any) -> dict[str, Any]:
    """An issued invoice: what was charged, what it comes to in both currencies and in words, what is still due."""
    invoice = printed.invoice
    paid: Pairs = []
    lines = list(invoice.lines.all())
    if invoice.paid:
        paid.append((_("Paid"), invoice.paid_money))
    if invoice.credited:
        paid.append((_("Credited"), -invoice.credited_money))
    if invoice.written_off:
        paid.append((_("Written off"), -invoice.written_off_money))
    if invoice.is_owing:
        paid.append((_("Still due"), invoice.due_money))
    return {
        "paper": printed.paper,
        "hospital": letterhead(hospital, invoice.branch),
        "title": _("Tax invoice") if any(line.tax_rate for line in lines) else _("Invoice"),
        "number": invoice.number,
        "copy": str(invoice.get_status_display()) if invoice.status == InvoiceStatus.VOID else _copy(printed),
        "facts": [
            (_("Invoice"), invoice.number),
            (_("Date"), invoice.issued_at),
            (_("Patient"), f"{invoice.patient.full_name} · {invoice.patient.mrn}"),
            *_buyer(invoice),
            (_("Visit"), invoice.visit.number),
            (_("Issued by"), str(invoice.issued_by)),
        ],
        "columns": [_("Service"), _("Quantity"), _("Amount")],
        "lines": [_line(line) for line in lines],
        "sums": _sums(invoice, lines),
        "strong": [-2, -1],
        "spelled": _spelled(invoice.total_money),
        "paid": paid,
        "footer": [_("1 dollar is %(riel)s riel") % {"riel": f"{invoice.rate.normalize():,f}"}],
        "thanks": "",
        "codes": _codes(codes_of_invoice(invoice)),
    }


def _line(line: Any) -> dict[str, Any]:
    return {"text": line.text, "detail": line.detail, "quantity": line.quantity.normalize(), "amount": line.money}


def _buyer(invoice: Invoice) -> Pairs:
    """A company the invoice is for, and the tax number of whoever pays it."""
    rows: Pairs = [(_("Invoice for"), invoice.buyer)] if invoice.buyer else []
    if invoice.buyer_tax_number:
        rows.append((_("Tax number of the buyer"), invoice.buyer_tax_number))
    return rows


def _sums(invoice: Any, lines: list[InvoiceLine]) -> Pairs:
    """What is let off and by whom; tax; the total in the invoice's currency and, below it, in the other one."""
    rows: Pairs = []
    if invoice.discount or invoice.covered:
        rows.append((_("Subtotal"), invoice.subtotal_money))
    if invoice.own_discount_money:
        rows.append((invoice.discount_label or _("Discount"), -invoice.own_discount_money))
    if invoice.covered:
        rows.append((invoice.coverage.contract.payer.name, -invoice.covered_money))
    if invoice.exempted:
        rows.append((_("Exempted: %(fund)s") % {"fund": invoice.fund.name}, -invoice.exempted_money))
    for percent, tax in taxes_in(lines):
        rows.append((_("VAT %(percent)s %%, included") % {"percent": f"{percent.normalize():f}"}, tax))
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


def _deposit(deposit: Deposit, hospital: Any) -> dict[str, Any]:
    facts: Pairs = [
        (_("Receipt"), deposit.number),
        (_("Date"), deposit.received_at),
        (_("Patient"), f"{deposit.patient.full_name} · {deposit.patient.mrn}"),
        (_("Cashier"), str(deposit.cashier)),
    ]
    if deposit.for_family:
        facts.append((_("Held for"), _("The whole family")))
    return {
        "hospital": letterhead(hospital, deposit.branch),
        "title": _("Receipt of a deposit"),
        "number": deposit.number,
        "facts": facts,
        "columns": [_("Method"), _("Amount")],
        "lines": [
            {"text": str(one.get_method_display()), "detail": one.reference, "amount": one.money}
            for one in deposit.tenders.all()
        ],
        "sums": [(_("Paid in"), Money(move.amount, move.currency)) for move in deposit.moves.order_by("-currency")],
        "footer": [_("The deposit pays later bills. What is left is paid back on request.")],
        "signatures": [_("Cashier"), _("Patient")],
    }


def _deposit_refund(refund: DepositRefund, hospital: Any) -> dict[str, Any]:
    branch = refund.shift.branch if refund.shift else None
    return {
        "hospital": letterhead(hospital, branch),
        "title": _("Refund of a deposit"),
        "number": refund.number,
        "facts": [
            (_("Number"), refund.number),
            (_("Date"), refund.paid_at),
            (_("Patient"), f"{refund.patient.full_name} · {refund.patient.mrn}"),
            (_("Reason"), refund.reason),
            (_("Decided by"), str(refund.decided_by)),
            (_("Cashier"), str(refund.cashier)),
        ],
        "columns": [_("Method"), _("Amount")],
        "lines": [
            {"text": str(refund.get_method_display()), "detail": refund.reference, "amount": part.money}
            for part in refund.parts.all()
        ],
        "sums": [(_("Paid back"), refund.money)],
        "footer": [_("1 dollar is %(riel)s riel") % {"riel": f"{refund.rate.normalize():,f}"}] if refund.rate else [],
        "signatures": [_("Cashier"), _("Patient")],
    }
