"""Money taken in one branch for what another is owed: each branch's debts are its own, and each one balances."""

import datetime
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection
from django.db.models import Sum

from accounts.models import Branch
from billing.models import Account, DepositAccount, Entry, EntryKind, Posting
from billing.queries.comparing import ledger_disagreements
from billing.services.credits import approve_credit, pay_refund, request_credit
from billing.services.deposit_refunds import approve_deposit_refund, pay_deposit_refund, request_deposit_refund
from billing.services.deposits import take_deposit
from billing.services.drawers import save_drawer
from billing.services.invoices import void_invoice
from billing.services.payments import take_payment
from billing.services.shifts import open_shift
from core.clock import today
from core.ids import new_id
from reports.queries.money.ageing import ageing, owing_invoices
from reports.queries.money.definitions import BALANCES, COLLECTIONS
from reports.queries.money.grouping import Period, totals
from tests.factories import billing as make
from tests.factories.billing import khr, usd


@pytest.fixture
def home(samaki):
    make.rate(4100)
    return Branch.objects.get()


@pytest.fixture
def away(home, cashier):
    """Another branch, in which the cashier's drawer stands."""
    branch = Branch.objects.create(code="Z2", name_en="Second branch")
    drawer = save_drawer(branch=branch, code="D2", name="Drawer 2")
    open_shift(drawer=drawer, counts=make.FLOAT, by=cashier)
    return branch


def held(branch, key, currency="USD"):
    rows = Posting.objects.filter(branch=branch, account__key=key, currency=currency)
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0


def agreed(*branches):
    """Every branch balances in both currencies and in the base, and its receivable is what its invoices owe."""
    assert not ledger_disagreements()
    for branch in branches:
        sums = totals(BALANCES, Period(today(), today(), branch.pk))
        assert (sums.usd, sums.khr, sums.base) == (0, 0, 0)
        aged = ageing(today(), branch=branch.pk)
        for currency in ("USD", "KHR"):
            assert sum(bucket.sums[currency] for bucket in aged) == held(branch, "receivable", currency)
    return True


def test_what_is_paid_in_another_branch_leaves_no_debt_in_either(home, away, cashier):
    invoice = make.invoice(("100.00", "USD"))
    take_payment(invoice=invoice, tenders=[usd(60)], by=cashier)
    assert (held(home, "receivable"), held(away, "receivable")) == (40, 0)
    assert (held(away, "drawer"), held(home, "drawer")) == (160, 0)
    assert (held(home, "between_branches"), held(away, "between_branches")) == (60, -60)
    assert sum(one.owes for one in owing_invoices(today(), branch=home.pk)) == 40
    take_payment(invoice=invoice, tenders=[usd(40)], by=cashier)
    assert totals(COLLECTIONS, Period(today(), today(), away.pk)).usd == 100
    assert agreed(home, away)


def test_in_its_own_branch_nothing_stands_between(home, cashier):
    make.shift(cashier)
    take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    assert not Posting.objects.filter(account__key="between_branches").exists()
    assert agreed(home)


def test_riel_and_change_balance_each_branch_in_the_base_too(home, away, cashier):
    for bill, tender in ((("2.44", "USD"), khr(10_100)), (("9983", "KHR"), usd(3)), (("10003", "KHR"), khr(10_100))):
        take_payment(invoice=make.invoice(bill), tenders=[tender], by=cashier)
    assert agreed(home, away)


def test_a_credit_note_paid_out_elsewhere(home, away, cashier, accountant, owner):
    invoice = make.invoice(("100.00", "USD"))
    take_payment(invoice=invoice, tenders=[usd(100)], by=cashier)
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D(30)}, reason="-", by=accountant)
    approve_credit(note=note, by=owner)
    assert held(home, "receivable") == -30
    pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    assert (held(home, "receivable"), held(home, "between_branches")) == (0, 70)
    assert agreed(home, away)


def test_a_void_stays_in_the_invoices_branch(home, away, accountant):
    void_invoice(invoice=make.invoice(), reason="wrong", by=accountant)
    assert held(home, "receivable") == 0
    assert agreed(home, away)


def test_a_deposit_is_kept_where_it_was_first_taken(home, away, cashier, cashier2, accountant, owner):
    make.shift(cashier2)
    visit = make.new_visit()
    take_deposit(patient=visit.patient, tenders=[usd(50)], by=cashier2)
    take_deposit(patient=visit.patient, tenders=[usd(20)], by=cashier)
    account = DepositAccount.objects.get()
    assert (account.branch, held(home, "deposits"), held(away, "deposits")) == (home, -70, 0)
    invoice = make.invoice(("40.00", "USD"), visit=visit)
    take_payment(invoice=invoice, tenders=[usd(30, "deposit"), usd(10)], by=cashier)
    assert (held(home, "deposits"), held(away, "deposits")) == (-40, 0)
    refund = request_deposit_refund(account=account, patient=visit.patient, amount=D(15), reason="-", by=accountant)
    pay_deposit_refund(
        refund=approve_deposit_refund(refund=refund, by=owner), method="cash", notes_in="USD", by=cashier
    )
    assert held(home, "deposits") == -25
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D(5)}, reason="-", by=accountant)
    pay_refund(note=approve_credit(note=note, by=owner), method="deposit", notes_in="USD", by=cashier)
    assert (held(home, "deposits"), held(away, "deposits")) == (-30, 0)
    assert agreed(home, away)


def raw(invoice, *sides):
    first = Entry.objects.get(invoice=invoice, kind=EntryKind.INVOICE_ISSUED)
    entry = Entry.objects.create(
        kind=EntryKind.PAYMENT, source_id=new_id(), occurred_at=first.occurred_at, date=first.date, rate=4100,
        base_currency="USD", branch_id=first.branch_id, posted_by_id=first.posted_by_id, invoice=invoice,
    )  # fmt: skip
    for key, amount, branch in sides:
        account = Account.objects.get(key=key)
        Posting.objects.create(
            entry=entry, account=account, currency="USD", amount=amount, base_amount=amount, branch=branch,
            date=datetime.date(2026, 1, 1),
        )  # fmt: skip


def test_the_database_refuses_a_branch_that_does_not_balance(home, away):
    raw(make.invoice(), ("safe", 5, away), ("bank", -5, home))
    with pytest.raises(IntegrityError, match="does not balance"):
        connection.check_constraints()


def test_the_database_refuses_a_debt_in_another_branch(home, away):
    raw(make.invoice(), ("safe", 5, away), ("receivable", -5, away))
    with pytest.raises(IntegrityError, match="belongs to the branch of its invoice"):
        connection.check_constraints()
