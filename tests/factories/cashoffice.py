"""Papers of the cash office as cashiers write them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Branch, User
from billing.models import Account, Posting, Shift
from billing.pricing import Paid
from billing.services.payments import take_payment
from billing.services.shifts import accept_shift, close_shift, count_shift
from cashoffice.models import Statement, StatementMapping, Transfer, Variance, Voucher, VoucherReason
from cashoffice.services.clearings import clear_receipt
from cashoffice.services.days import close_day
from cashoffice.services.deposits import prepare_deposit
from cashoffice.services.matches import post_line
from cashoffice.services.reports import review_variance
from cashoffice.services.statements import import_statement, save_mapping
from cashoffice.services.transfers import receive_transfer, send_transfer
from cashoffice.services.vouchers import write_voucher
from core.clock import today
from tests.factories import billing as make

MAPPING = {
    "name": "Bank",
    "currency": "USD",
    "date_column": "Date",
    "amount_column": "Sum",
    "reference_column": "Text",
    "text_column": "Text",
}


def reason(code: str = "SUPPLIES") -> VoucherReason:
    return VoucherReason.objects.get(code=code)


def voucher(usd: int = 0, khr: int = 0, *, code: str = "SUPPLIES", by: User, **words: Any) -> Voucher:
    """Petty cash out of the open shift of `by`, unless another reason is named."""
    return write_voucher(reason=reason(code), usd=Decimal(usd), khr=Decimal(khr), by=by, **words)


def transfer(receiver: Shift, usd: int = 0, khr: int = 0, *, by: User) -> Transfer:
    return send_transfer(receiver=receiver, usd=Decimal(usd), khr=Decimal(khr), by=by)


def statement(amount: Any, words: str, *, mapping: StatementMapping, by: User) -> Statement:
    """A statement of the bank account with one line of today."""
    content = f"Date,Sum,Text\n{today()},{amount},{words}\n".encode()
    bank = Account.objects.get(key="bank")
    return import_statement(account=bank, content=content, file_name="bank.csv", mapping=mapping, by=by)


def unknown_receipt(amount: Any, words: str = "WHO-1", *, mapping: StatementMapping | None = None, by: User) -> Posting:
    """A line of the bank in dollars that nobody knows yet: its posting on the account of unknown receipts."""
    mapping = mapping or StatementMapping.objects.first() or save_mapping(facts=MAPPING, by=by)
    line = statement(amount, words, mapping=mapping, by=by).lines.get()
    post_line(line=line, purpose="unknown", branch=Branch.objects.order_by("code")[0], by=by)
    return Posting.objects.filter(account__key="unknown_receipts").latest("pk")


def evening(visit: Any = None) -> None:
    """Every paper of the cash office once: two shifts, what moved in them, their end, the bank, a closed day."""
    cashier, other, accountant, owner = map(make.user, ("cashier", "cashier2", "accountant", "owner"))
    first = Shift.objects.filter(cashier=cashier, status="open").first() or make.shift(cashier)
    second = make.shift(other, code="D7")
    voucher(5, by=cashier, party="Sok", note="paper")
    receive_transfer(transfer=transfer(second, 10, by=cashier), by=other)
    invoice = make.invoice(("10.00", "USD"), visit=visit, by=cashier)
    take_payment(invoice=invoice, tenders=[Paid("bank", "USD", Decimal(10), "FT-77")], by=cashier)
    mapping = save_mapping(facts=MAPPING, by=accountant)
    receipt = unknown_receipt(4, mapping=mapping, by=accountant)
    bill = make.invoice(("4.00", "USD"), visit=visit, by=cashier)
    payment = take_payment(invoice=bill, tenders=[Paid("bank", "USD", Decimal(4), "FT-78")], by=cashier)
    against = Posting.objects.filter(entry__payment=payment, account__key="bank")
    clear_receipt(receipt=receipt, against=against, by=accountant)
    for shift, counts in ((first, {}), (second, {"USD": {10: 11}, "KHR": make.FLOAT["KHR"]})):
        count_shift(shift=shift, counts=counts, by=shift.cashier)
        close_shift(shift=shift, reasons={"USD": "not counted", "KHR": "not counted"}, by=shift.cashier)
    review_variance(variance=Variance.objects.get(shift=first), note="seen", by=owner)
    accept_shift(shift=second, by=accountant)
    prepare_deposit(branch=second.branch, shifts=[second], usd=Decimal(10), khr=Decimal(0), by=accountant)
    statement(10, "FT-77", mapping=mapping, by=accountant)
    close_day(branch=second.branch, day=today() - timedelta(days=400), by=accountant)
