"""Counting what is printed: of a receipt and of an invoice the first is the original, every later one a copy."""

from typing import Any

from django.db import transaction

from billing.errors_debts import InvoiceNotIssued
from billing.models import Invoice, InvoicePrint, Payment, ReceiptPrint
from billing.services.drafts import lock_invoice


@transaction.atomic
def record_print(*, payment: Payment, paper: str, language: str, by: Any) -> ReceiptPrint:
    """Count one printing of a receipt."""
    lock_invoice(payment.invoice)
    copy = ReceiptPrint.objects.filter(payment=payment).count() + 1
    return ReceiptPrint.objects.create(payment=payment, copy=copy, paper=paper, language=language, printed_by=by)


@transaction.atomic
def record_invoice_print(*, invoice: Invoice, paper: str, language: str, by: Any) -> InvoicePrint:
    """Count one printing of an issued invoice. Raises InvoiceNotIssued."""
    invoice = lock_invoice(invoice)
    if invoice.is_draft:
        raise InvoiceNotIssued()
    copy = InvoicePrint.objects.filter(invoice=invoice).count() + 1
    return InvoicePrint.objects.create(invoice=invoice, copy=copy, paper=paper, language=language, printed_by=by)
