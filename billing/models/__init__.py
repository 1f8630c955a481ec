from billing.models.books import BooksClosing
from billing.models.catalogue import Category, ExchangeRate, Price, PriceList, Service
from billing.models.charge import Charge
from billing.models.cover import PayerShare
from billing.models.credit import CreditLine, CreditNote, Refund, RefundPart
from billing.models.deposit import (
    Deposit,
    DepositAccount,
    DepositMove,
    DepositRefund,
    DepositRefundPart,
    DepositTender,
    Gateway,
)
from billing.models.feed import RateFeed, RateProposal
from billing.models.invoice import DiscountSource, Invoice, InvoiceLine
from billing.models.journal import Account, AccountKind, Entry, EntryKind, Posting, Transition
from billing.models.payment import Change, Method, Payment, ReceiptPrint, Tender
from billing.models.shift import NOTES, CashCount, Drawer, Shift, ShiftTotal

__all__ = [
    "NOTES",
    "Account",
    "AccountKind",
    "BooksClosing",
    "CashCount",
    "Category",
    "Change",
    "Charge",
    "CreditLine",
    "CreditNote",
    "Deposit",
    "DepositAccount",
    "DepositMove",
    "DepositRefund",
    "DepositRefundPart",
    "DepositTender",
    "DiscountSource",
    "Drawer",
    "Entry",
    "EntryKind",
    "ExchangeRate",
    "Gateway",
    "Invoice",
    "InvoiceLine",
    "Method",
    "PayerShare",
    "Payment",
    "Posting",
    "Price",
    "PriceList",
    "RateFeed",
    "RateProposal",
    "ReceiptPrint",
    "Refund",
    "RefundPart",
    "Service",
    "Shift",
    "ShiftTotal",
    "Tender",
    "Transition",
]
