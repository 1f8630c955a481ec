"""QR codes on invoices and receipts, given by the rooms that know them: how to pay, how the bank knows a payment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class PaperCode:
    """What the code says to a machine (never a name), and the words below it in the paper's language."""

    text: str
    caption: str | Promise


Finder = Callable[[Any], PaperCode | None]
_of_invoices: list[Finder] = []
_of_payments: list[Finder] = []


def on_invoices(find: Finder) -> Finder:
    """Register what finds a code for an invoice that is printed."""
    _of_invoices.append(find)
    return find


def on_receipts(find: Finder) -> Finder:
    """Register what finds a code for a payment whose receipt is printed."""
    _of_payments.append(find)
    return find


def codes_of_invoice(invoice: Any) -> list[PaperCode]:
    return [code for find in _of_invoices if (code := find(invoice))]


def codes_of_payment(payment: Any) -> list[PaperCode]:
    return [code for find in _of_payments if (code := find(payment))]
