"""Whatever two cashiers do in a day, in two currencies: the books agree, the drawers hold what the papers say."""

import functools
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal as D
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import (
    Change,
    DepositAccount,
    DepositRefundPart,
    DepositTender,
    Entry,
    Invoice,
    Payment,
    RefundPart,
    Tender,
)
from billing.queries.comparing import ledger_disagreements
from billing.queries.credits import credited_by_line
from billing.queries.ledger import in_drawer, shift_expectation, trial_balance
from billing.services.credits import approve_credit, pay_refund, request_credit
from billing.services.deposit_refunds import approve_deposit_refund, pay_deposit_refund, request_deposit_refund
from billing.services.deposits import take_deposit
from billing.services.payments import take_payment
from billing.services.shifts import accept_shift, close_shift, count_shift
from cashoffice.models import Variance, Voucher
from cashoffice.services.reports import review_variance
from cashoffice.services.transfers import decline_transfer, receive_transfer, withdraw_transfer
from cashoffice.services.vouchers import withdraw_voucher
from core.errors import DomainError
from core.money import Currency, quantize
from tests.factories import billing as make
from tests.factories import cashoffice as cash
from tests.factories.billing import khr, usd

SUPPLIES, CHANGE_FROM_SAFE = "SUPPLIES", "FROM-SAFE"
price = st.one_of(
    st.tuples(st.decimals("0.01", 200, places=2).map(str), st.just("USD")),
    st.tuples(st.integers(100, 800_000).map(str), st.just("KHR")),
)
money = st.one_of(
    st.integers(1, 300).map(usd),
    st.integers(1, 9_000).map(lambda steps: khr(steps * 100)),
    st.decimals("0.01", 200, places=2).map(lambda amount: usd(str(amount), "card")),
    st.integers(1, 500_000).map(lambda amount: khr(amount, "khqr")),
    st.decimals("0.01", 100, places=2).map(lambda amount: usd(str(amount), "deposit")),
)
tender = st.lists(money, min_size=1, max_size=3)
percent, which, who = st.integers(1, 100), st.integers(0, 5), st.integers(0, 1)
notes = st.tuples(st.integers(0, 120), st.integers(0, 900).map(lambda steps: steps * 100))
acts = st.one_of(
    st.tuples(st.just("bill"), who, st.lists(price, min_size=1, max_size=3), st.lists(tender, max_size=2),
              st.integers(3_800, 4_300), st.sampled_from(["USD", "KHR", None])),
    st.tuples(st.just("credit"), who, which, percent, st.sampled_from(["cash", "card", "deposit"]),
              st.sampled_from(["USD", "KHR"])),
    st.tuples(st.just("hold"), who, money),
    st.tuples(st.just("give_back"), who, which, percent, st.sampled_from(["cash", "bank"])),
    st.tuples(st.just("spend"), who, notes, st.sampled_from([SUPPLIES, CHANGE_FROM_SAFE])),
    st.tuples(st.just("send"), who, notes, st.sampled_from(["received", "declined", "withdrawn", "on its way"])),
)  # fmt: skip


class Day:
    """Two cashiers, their drawers, and what they did."""

    def __init__(self, cashiers: list[Any], accountant: Any) -> None:
        make.rate()
        self.cashiers, self.accountant = cashiers, accountant
        self.shifts = [make.shift(one, code=f"D{place}") for place, one in enumerate(cashiers)]
        self.invoices: list[Invoice] = []
        self.visit = make.new_visit()
        self.patient = self.visit.patient
        self.on_its_way: list[Any] = []

    def bill(self, who, amounts, attempts, riel, change_in):
        make.rate(riel)
        invoice = make.invoice(*amounts, visit=self.visit, by=self.cashiers[who])
        self.invoices.append(invoice)
        for tenders in attempts:
            with suppress(DomainError), transaction.atomic():
                take_payment(invoice=invoice, tenders=tenders, change_in=change_in, by=self.cashiers[1 - who])

    def credit(self, who, which, percent, method, notes_in):
        invoice = self.invoices[which % len(self.invoices)]
        line = invoice.lines.order_by("-net").first()
        amount = quantize(line.net * percent / 100, line.currency)
        note = request_credit(invoice=invoice, amounts={line.pk: amount}, reason="x", by=self.cashiers[who])
        note = approve_credit(note=note, by=self.accountant)
        if note.can_refund:
            pay_refund(note=note, method=method, notes_in=notes_in, by=self.cashiers[1 - who])

    def hold(self, who, part):
        take_deposit(patient=self.patient, tenders=[part], by=self.cashiers[who])

    def give_back(self, who, which, percent, method):
        accounts = list(DepositAccount.objects.order_by("pk"))
        account = accounts[which % len(accounts)]
        amount = quantize(account.balance * percent / 100, account.currency)
        asked = request_deposit_refund(
            account=account, patient=self.patient, amount=amount, reason="x", by=self.cashiers[who]
        )
        approve_deposit_refund(refund=asked, by=self.accountant)
        pay_deposit_refund(refund=asked, method=method, notes_in="USD", by=self.cashiers[1 - who])

    def spend(self, who, notes, code):
        cash.voucher(*notes, code=code, by=self.cashiers[who])

    def send(self, who, notes, answer):
        sent, other = cash.transfer(self.shifts[1 - who], *notes, by=self.cashiers[who]), self.cashiers[1 - who]
        answers: dict[str, Callable[[], Any]] = {
            "received": lambda: receive_transfer(transfer=sent, by=other),
            "declined": lambda: decline_transfer(transfer=sent, reason="x", by=other),
            "withdrawn": lambda: withdraw_transfer(transfer=sent, by=self.cashiers[who]),
        }
        answers.get(answer, functools.partial(self.on_its_way.append, (sent, self.cashiers[who])))()

    def do(self, act) -> None:
        """One act, whole or not at all."""
        verb, *facts = act
        with suppress(DomainError, IndexError, ZeroDivisionError), transaction.atomic():
            getattr(self, verb)(*facts)
            connection.check_constraints()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(acts, min_size=4, max_size=14))
def test_any_day_of_two_cashiers_agrees_to_the_riel(samaki, cashier, cashier2, accountant, owner, acts):
    with transaction.atomic():
        day = Day([cashier, cashier2], accountant)
        for act in acts:
            day.do(act)
        connection.check_constraints()
        assert_agrees(day)
        end(day, owner)
        connection.check_constraints()
        assert not ledger_disagreements()
        transaction.set_rollback(True)  # the next example begins with empty books


FULL_DAY = [
    ("hold", 0, usd(50)),
    ("bill", 0, [("30.00", "USD"), ("41000", "KHR")], [[usd(20), khr(90_000)]], 4_100, "KHR"),
    ("bill", 1, [("100000", "KHR")], [[usd(100)]], 4_080, "USD"),
    ("bill", 1, [("12.50", "USD")], [[usd("12.50", "deposit")]], 4_120, None),
    ("credit", 0, 0, 50, "cash", "USD"),
    ("credit", 1, 1, 100, "cash", "KHR"),
    ("credit", 1, 2, 40, "deposit", "USD"),
    ("give_back", 0, 0, 20, "cash"),
    ("spend", 0, (5, 2_000), SUPPLIES),
    ("spend", 1, (15, 0), CHANGE_FROM_SAFE),
    ("send", 0, (10, 10_000), "received"),
    ("send", 1, (5, 0), "on its way"),
]


def test_a_day_in_which_all_of_it_happens(samaki, cashier, cashier2, accountant, owner):
    day = Day([cashier, cashier2], accountant)
    for act in FULL_DAY:
        day.do(act)
    assert_agrees(day)
    end(day, owner)
    counts = Counter(Entry.objects.values_list("kind", flat=True))
    assert {kind: counts[kind] for kind in HAPPENS} == HAPPENS
    assert not ledger_disagreements()


HAPPENS = {
    "invoice_issued": 3,
    "payment": 3,
    "credit_note": 3,
    "refund": 3,
    "deposit_taken": 1,
    "deposit_refunded": 1,
    "cash_voucher": 2,
    "cash_transfer": 1,
    "shift_closed": 2,
}


def assert_agrees(day: Day) -> None:
    assert not ledger_disagreements()
    for shift in day.shifts:
        assert shift_expectation(shift) == by_hand(shift)
        assert min(in_drawer(shift).values()) >= 0 or Change.objects.filter(payment__shift=shift).exists()
    for currency in Currency.values:
        assert sum(row.sum for row in trial_balance() if row.currency == currency) == 0
    for payment in Payment.objects.all():
        assert abs(payment.rounding) <= 100
    for invoice in Invoice.objects.all():
        assert invoice.refunded <= invoice.paid <= invoice.total
        credited = credited_by_line(invoice)
        assert all(credited.get(line.pk, 0) <= line.net for line in invoice.lines.all())
    assert all(account.balance >= 0 for account in DepositAccount.objects.all())


def by_hand(shift) -> dict[str, D]:
    """What the papers alone say lies in the drawer."""
    sums = {total.currency: total.opening for total in shift.totals.all()}

    def add(rows, sign=1):
        for currency, amount in rows.values_list("currency", "amount"):
            sums[currency] += sign * amount

    add(Tender.objects.filter(payment__shift=shift, method="cash"))
    add(Change.objects.filter(payment__shift=shift), -1)
    add(DepositTender.objects.filter(deposit__shift=shift, method="cash"))
    add(RefundPart.objects.filter(refund__shift=shift, refund__method="cash"), -1)
    add(DepositRefundPart.objects.filter(refund__shift=shift, refund__method="cash"), -1)
    for voucher in Voucher.objects.filter(shift=shift, status="posted").select_related("reason"):
        for currency, amount in voucher.amounts.items():
            sums[currency] += amount if voucher.reason.direction == "in" else -amount
    for transfers, sign in ((shift.transfers_sent, -1), (shift.transfers_received, 1)):
        for transfer in transfers.filter(status="received"):
            for currency, amount in transfer.amounts.items():
                sums[currency] += sign * amount
    return sums


def end(day: Day, owner: Any) -> None:
    """Everything on its way is taken back; both are counted, one dollar over, closed, reviewed and accepted."""
    for sent, cashier in day.on_its_way:
        with suppress(DomainError), transaction.atomic():
            withdraw_transfer(transfer=sent, by=cashier)
    for voucher in Voucher.objects.filter(status="requested"):
        withdraw_voucher(voucher=voucher, by=voucher.requested_by)
    for shift, cashier in zip(day.shifts, day.cashiers, strict=True):
        lying = shift_expectation(shift)
        counts = {"USD": {1: max(0, int(lying["USD"])) + 1}, "KHR": {100: max(0, int(lying["KHR"])) // 100}}
        count_shift(shift=shift, counts=counts, by=cashier)
        close_shift(shift=shift, reasons={"USD": "one over", "KHR": "rounded"}, by=cashier)
        for variance in Variance.objects.filter(shift=shift, status="waiting"):
            review_variance(variance=variance, note="looked at", by=owner)
        assert accept_shift(shift=shift, by=day.accountant).status == "reconciled"
