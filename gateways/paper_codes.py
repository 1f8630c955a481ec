"""KHQR on paper: the code a patient may still pay, and the bank's number of what was paid."""

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from billing.paper_codes import PaperCode, on_invoices, on_receipts
from core.clock import now
from gateways.models import QrReceipt
from gateways.queries.requests import waiting_for


@on_invoices
def code_to_pay(invoice: Any) -> PaperCode | None:
    """The code that waits for this invoice, while it may be paid."""
    waiting = waiting_for(invoice.pk) if invoice.is_owing else None
    if waiting is None or waiting.expires_at <= now():
        return None
    until = date_format(localtime(waiting.expires_at), "H:i")
    return PaperCode(waiting.code, _("Pay with KHQR until %(time)s") % {"time": until})


@on_receipts
def code_of_transfer(payment: Any) -> PaperCode | None:
    """The number under which the bank knows the transfer: whoever scans it can ask there."""
    receipt = QrReceipt.objects.filter(request__payment=payment).first()
    return PaperCode(receipt.hash, _("Number of the transfer at the bank")) if receipt else None
