from billing.models.books import BooksClosing
from billing.models.catalogue import Category, ExchangeRate, Price, Service, Unit
from billing.models.charge import Charge
from billing.models.concession import Concession, ConcessionKind
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
from billing.models.fee import FeeAccount, FeeMove, FeePayout, FeeRule
from billing.models.feed import RateFeed, RateProposal
from billing.models.fund import Fund, FundGrant, Source
from billing.models.instalment import Instalment, InstalmentPlan, Reminder, ReminderWay
from billing.models.invoice import DiscountSource, Invoice
from billing.models.journal import Account, AccountKind, Entry, EntryKind, Posting, Transition
from billing.models.line import InvoiceLine
from billing.models.package import Package, PackageCover, PackagePart, PackageSale, PackageUse
from billing.models.payment import Change, Method, Payment, Tender
from billing.models.price_list import EVERY_DAY, Adjustment, Day, Holiday, Nationality, PriceList
from billing.models.prints import (
    CreditPrint,
    DepositPrint,
    DepositRefundPrint,
    InvoicePrint,
    Printing,
    ReceiptPrint,
    RefundPrint,
    StatementPrint,
)
from billing.models.promotion import Promotion, PromotionUse
from billing.models.shift import NOTES, CashCount, Drawer, Shift, ShiftLook, ShiftTotal
from billing.models.write_off import WriteOff

__all__ = [
    "EVERY_DAY",
    "NOTES",
    "Account",
    "AccountKind",
    "Adjustment",
    "BooksClosing",
    "CashCount",
    "Category",
    "Change",
    "Charge",
    "Concession",
    "ConcessionKind",
    "CreditLine",
    "CreditNote",
    "CreditPrint",
    "Day",
    "Deposit",
    "DepositAccount",
    "DepositMove",
    "DepositPrint",
    "DepositRefund",
    "DepositRefundPart",
    "DepositRefundPrint",
    "DepositTender",
    "DiscountSource",
    "Drawer",
    "Entry",
    "EntryKind",
    "ExchangeRate",
    "FeeAccount",
    "FeeMove",
    "FeePayout",
    "FeeRule",
    "Fund",
    "FundGrant",
    "Gateway",
    "Holiday",
    "Instalment",
    "InstalmentPlan",
    "Invoice",
    "InvoiceLine",
    "InvoicePrint",
    "Method",
    "Nationality",
    "Package",
    "PackageCover",
    "PackagePart",
    "PackageSale",
    "PackageUse",
    "PayerShare",
    "Payment",
    "Posting",
    "Price",
    "PriceList",
    "Printing",
    "Promotion",
    "PromotionUse",
    "RateFeed",
    "RateProposal",
    "ReceiptPrint",
    "Refund",
    "RefundPart",
    "RefundPrint",
    "Reminder",
    "ReminderWay",
    "Service",
    "Shift",
    "ShiftLook",
    "ShiftTotal",
    "Source",
    "StatementPrint",
    "Tender",
    "Transition",
    "Unit",
    "WriteOff",
]
