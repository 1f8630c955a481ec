"""The end of a branch's day: what stands in its way is named, and a closed day takes no entry."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Branch
from billing.errors import DayClosed
from billing.models import Entry
from billing.queries.comparing import ledger_disagreements
from billing.services.drafts import draft_invoice
from billing.services.payments import take_payment
from billing.services.shifts import accept_shift, close_shift, count_shift
from cashoffice.errors import DayClosedAlready, DayHindered, DayNotBegun
from cashoffice.models import DayClosing
from cashoffice.queries.days import figures_of, first_open_day, obstacles
from cashoffice.services.days import close_day
from core.clock import today
from core.ids import new_id
from tests.factories import billing as make
from tests.factories import cashoffice as cash
from tests.factories.billing import FLOAT, usd


@pytest.fixture
def branch(samaki):
    make.rate(4100)
    return Branch.objects.get()


@pytest.fixture
def shift(branch, cashier):
    return make.shift(cashier)


def words(branch, blocking=True):
    return [str(one.words) for one in obstacles(branch, today()) if one.blocks is blocking]


def end(shift, cashier, counts=FLOAT, **reasons):
    count_shift(shift=shift, counts=counts, by=cashier)
    return close_shift(shift=shift, reasons=reasons, by=cashier)


def test_an_evening_is_closed_when_nothing_stands_in_its_way(shift, branch, cashier, cashier2, owner, accountant):
    transfer = cash.transfer(make.shift(cashier2, code="D2"), 10, by=cashier)
    voucher = cash.voucher(50, by=cashier)
    draft_invoice(visit=make.charge().visit, by=cashier)
    assert words(branch) == [
        "Shifts are not counted and closed",
        "Transfers between drawers are not answered",
        "Cash vouchers wait for approval",
    ]
    assert words(branch, blocking=False) == ["Invoices are drafts"]
    assert obstacles(branch, today() - datetime.timedelta(days=1)) == []  # nothing of it was there yesterday
    with pytest.raises(DayHindered) as refused:
        close_day(branch=branch, day=today(), by=accountant)
    assert "Cash vouchers wait for approval" in str(refused.value)
    from cashoffice.services.transfers import withdraw_transfer
    from cashoffice.services.vouchers import withdraw_voucher

    withdraw_transfer(transfer=transfer, by=cashier)
    withdraw_voucher(voucher=voucher, by=cashier)
    end(shift, cashier)
    end(cashier2.shifts.get(), cashier2, {}, USD="empty", KHR="empty")
    assert words(branch) == ["Differences above the limit are not reviewed"]
    with pytest.raises(IntegrityError, match="cannot be closed yet"), transaction.atomic():
        DayClosing.objects.create(number="X", branch=branch, date=today(), figures={}, closed_by=accountant)
    from cashoffice.models import Variance
    from cashoffice.services.reports import review_variance

    review_variance(variance=Variance.objects.get(), note="robbed", by=owner)
    closing = close_day(branch=branch, day=today(), note="quiet", by=accountant)
    assert closing.number.endswith("-000001")
    assert words(branch, blocking=False) == ["Closed shifts are not accepted yet", "Invoices are drafts"]
    accept_shift(shift=shift, by=accountant)  # moves no money
    with pytest.raises(DayClosedAlready):
        close_day(branch=branch, day=today(), by=accountant)


def test_figures_are_the_ledgers(shift, branch, cashier):
    take_payment(invoice=make.invoice(("10.00", "USD"), by=cashier), tenders=[usd(10)], by=cashier)
    found = {(row.kind, row.account): (row.gained, row.lost, row.count) for row in figures_of(branch, today())}
    assert found["payment", "drawer"] == (10, 0, 1)
    assert found["payment", "receivable"] == (0, 10, 1)
    assert found["invoice_issued", "revenue.consultation"] == (0, 10, 1)


def test_a_closed_day_takes_no_entry_of_its_branch_and_says_why(branch, cashier, accountant):
    close_day(branch=branch, day=today(), by=accountant)
    before = Entry.objects.count()
    for act in (lambda: make.shift(cashier), lambda: make.invoice(("5.00", "USD"), by=cashier)):
        with pytest.raises(DayClosed):
            act()
    assert Entry.objects.count() == before
    other = Branch.objects.create(code="B2", name_en="Second", name_km="Second", name_zh_hans="Second")
    from billing.services.drawers import save_drawer
    from billing.services.shifts import open_shift

    open_shift(drawer=save_drawer(branch=other, code="X", name="X"), counts=FLOAT, by=cashier)
    assert not ledger_disagreements()


def test_the_page_says_that_the_day_is_closed(branch, cashier, accountant, client_for):
    invoice = make.invoice(("5.00", "USD"), by=cashier)
    make.shift(cashier, counts={})
    end(cashier.shifts.get(), cashier, {})
    close_day(branch=branch, day=today(), by=accountant)
    make.shift(cashier, counts={})  # an empty drawer moves nothing
    form = {"usd": "5", "due": "5.00", "_once": str(new_id())}
    answer = client_for("cashier").post(f"/billing/invoices/{invoice.pk}/pay/", form)
    assert answer.status_code == 422
    assert "has closed the day" in answer.content.decode()


def test_a_day_that_has_not_begun_is_not_closed(branch, accountant):
    with pytest.raises(DayNotBegun):
        close_day(branch=branch, day=today() + datetime.timedelta(days=1), by=accountant)
    assert first_open_day(branch, today()) == today()
    yesterday = today() - datetime.timedelta(days=1)
    close_day(branch=branch, day=yesterday - datetime.timedelta(days=1), by=accountant)
    assert first_open_day(branch, today()) == yesterday


@pytest.mark.parametrize(
    "statement", ["DELETE FROM cashoffice_dayclosing", "UPDATE cashoffice_dayclosing SET date = '2020-01-01'"]
)
def test_a_closing_stays(branch, accountant, statement):
    close_day(branch=branch, day=today(), by=accountant)
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_day_closes_once_and_no_payment_slips_in(committed_db, samaki, cashier, accountant, admin, race):
    make.rate(4100)
    branch = Branch.objects.get()
    invoices = [make.invoice(("1.00", "USD"), by=cashier) for _ in range(3)]
    shift = make.shift(cashier)
    runners = [lambda one=one: take_payment(invoice=one, tenders=[usd(1)], by=cashier) for one in invoices]
    race(*runners, lambda: close_day(branch=branch, day=today(), by=accountant))
    assert not DayClosing.objects.exists()  # the shift was open
    count_shift(shift=shift, counts={"USD": {**FLOAT["USD"], 1: 23}, "KHR": FLOAT["KHR"]}, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    late = [lambda: make.shift(cashier), lambda: make.invoice(("1.00", "USD"), by=cashier)]
    closers = [lambda by=by: close_day(branch=branch, day=today(), by=by) for by in (accountant, admin)]
    race(*late, *closers)
    closing = DayClosing.objects.first()  # none, when the new shift was quicker
    if closing:
        assert [row.as_json() for row in figures_of(branch, today())] == closing.figures["movements"]
    assert DayClosing.objects.count() <= 1
    assert not ledger_disagreements()
