"""The month that the demo looks back on: its figures agree with one another as if it had been lived through."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.conf import settings
from django.db.models import F, Sum
from django_tenants.utils import schema_context

from accounts.models import Branch
from audit.models import Record
from audit.services.chain import verify_chain
from billing.models import CashCount, Charge, Invoice, Payment, Posting, Shift, ShiftTotal
from billing.queries.comparing import ledger_disagreements
from billing.queries.ledger import daily_collections
from clinical.models import Encounter
from core.clock import day_bounds, today
from crm.models import FamilyMembership, PointEntry
from demo.past.month import LIVELY_DAYS, fill_month
from demo.past.sealing import seal_all
from demo.past.sheets import AT_LAST, BEFORE_ISSUE, OF_A_SHIFT
from demo.services.patients import make_patients
from demo.services.setting import furnish
from demo.services.today import give_memberships
from laboratory.models import OrderItem, Result
from laboratory.values import flag_of
from patients.models import Visit
from pharmacy.models import BatchBalance, DispenseLine, PrescriptionItem, StockMovement
from pharmacy.queries.stock import stock_figures
from queueing.models import Ticket
from reports.queries.visits import visits_by_day
from tests.support.connecting import connect, forget_cache

DAYS, VISITS = 30, 5


@pytest.fixture(scope="module")
def month_db(databases, django_db_setup, django_db_blocker):
    """A database in which a month was committed: made once for all the tests that only look at it."""
    main = settings.DATABASES["default"]["NAME"]
    with databases.copy("month") as name, django_db_blocker.unblock():
        connect(databases, name)
        forget_cache(name)
        with schema_context("samaki"):
            furnish(DAYS + 1)
            list(make_patients(80, seed=3, over=timedelta(days=DAYS + 20)))
            give_memberships(Random(3))
            fill_month(DAYS, visits_a_day=VISITS, seed=3)
        yield
        connect(databases, main)


@pytest.fixture
def month(month_db):
    """Thirty days of one branch, in Samaki's schema."""
    with schema_context("samaki"):
        yield


def open_days():
    days = [today() - timedelta(days=back) for back in range(1, DAYS + 1)]
    return [day for day in days if day.weekday() != 6]


def test_patients_came_on_every_working_day_and_more_of_them_lately(month):
    counts = visits_by_day(today() - timedelta(days=DAYS), today())
    lively = today() - timedelta(days=LIVELY_DAYS)
    assert counts == {day: VISITS if day >= lively else 1 for day in open_days()}


def test_everything_is_finished_and_lies_in_the_past(month):
    assert set(Visit.objects.values_list("status", flat=True)) == {"closed"}
    assert set(Encounter.objects.values_list("status", flat=True)) == {"finished"}
    assert set(OrderItem.objects.values_list("state", flat=True)) == {"released"}
    assert not Visit.objects.filter(closed_at__gte=day_bounds(today())[0]).exists()


def test_nobody_came_before_registration(month):
    assert not Visit.objects.filter(opened_at__lt=F("patient__created_at")).exists()


def test_some_waited_longer_than_others(month):
    waits = {ticket.called_at - ticket.created_at for ticket in Ticket.objects.all()}
    assert timedelta(minutes=22) <= min(waits) < max(waits) <= timedelta(minutes=40)


def test_invoices_are_numbered_without_gaps_in_the_order_of_their_issue(month):
    for branch in Branch.objects.all():
        invoices = Invoice.objects.filter(branch=branch).order_by("year", "sequence")
        by_year = defaultdict(list)
        for invoice in invoices:
            by_year[invoice.year].append(invoice)
        for year, issued in by_year.items():
            assert [one.sequence for one in issued] == list(range(1, len(issued) + 1))
            assert [one.number for one in issued] == [f"{branch.code}-{year}-{one.sequence:06d}" for one in issued]
            days = [one.issued_at.date() for one in issued]
            assert days == sorted(days)


def test_invoices_payments_and_journal_say_the_same(month):
    invoiced = Invoice.objects.aggregate(sum=Sum("total"))["sum"]
    assert invoiced > 0
    assert Payment.objects.aggregate(sum=Sum("applied"))["sum"] == invoiced
    revenue = Posting.objects.filter(account__key__startswith="revenue.").aggregate(sum=Sum("amount"))["sum"]
    assert revenue == -invoiced
    assert ledger_disagreements() == []


def test_an_invoice_is_the_sum_of_its_charges_at_the_price_in_force(month):
    assert Charge.objects.count() == sum(invoice.lines.count() for invoice in Invoice.objects.all())
    for invoice in Invoice.objects.prefetch_related("lines__charge"):
        assert invoice.total == sum(line.net for line in invoice.lines.all())
    for charge in Charge.objects.select_related("price"):
        assert charge.amount == (charge.price.amount * charge.quantity).quantize(charge.amount)


def test_every_day_has_its_collections(month):
    rows = daily_collections(since=today() - timedelta(days=DAYS), until=today())
    assert {row["date"] for row in rows} == set(open_days())


def test_one_shift_a_day_closed_counted_and_taken_over_by_somebody_else(month):
    shifts = Shift.objects.all()
    assert shifts.count() == len(open_days())
    assert all(shift.status == "reconciled" and shift.accepted_by_id != shift.cashier_id for shift in shifts)
    for total in ShiftTotal.objects.all():
        counts = CashCount.objects.filter(shift=total.shift_id, currency=total.currency)
        for stage, amount in (("opening", total.opening), ("closing", total.counted)):
            notes = counts.filter(stage=stage).aggregate(sum=Sum(F("denomination") * F("pieces")))["sum"] or 0
            assert notes == amount
        assert total.counted == total.expected


def test_the_stock_is_what_its_ledger_says_line_by_line(month):
    assert StockMovement.objects.filter(kind="dispense").exists()
    for balance in BatchBalance.objects.all():
        held = Decimal(0)
        ledger = StockMovement.objects.filter(batch=balance.batch_id, location=balance.location_id)
        for line in ledger.order_by("created_at", "-balance_after"):
            held += line.quantity
            assert line.balance_after == held
        assert (balance.on_hand, balance.reserved) == (held, 0)


def test_what_was_prescribed_was_given_charged_and_taken_from_the_stock(month):
    assert not PrescriptionItem.objects.exclude(dispensed=F("quantity")).exists()
    for item in PrescriptionItem.objects.all():
        assert item.lines.aggregate(sum=Sum("quantity"))["sum"] == item.quantity
    for line in DispenseLine.objects.all():
        assert StockMovement.objects.get(source_id=line.pk).quantity == -line.quantity
        assert Charge.objects.get(source_id=line.pk).quantity == line.quantity


def test_lots_went_first_to_expire_first_and_outlive_the_course(month):
    given = defaultdict(list)
    lines = DispenseLine.objects.select_related("batch", "item", "dispense")
    for line in lines.order_by("dispense__handed_over_at", "batch__expires_on"):
        last_day = line.dispense.handed_over_at.date() + timedelta(days=line.item.duration_days - 1)
        assert line.batch.expires_on >= last_day
        given[line.item.medicine_id].append(line.batch.expires_on)
    assert any(len(set(lots)) > 1 for lots in given.values())
    assert all(lots == sorted(lots) for lots in given.values())


def test_some_of_the_stock_is_about_to_expire(month):
    for branch in Branch.objects.all():
        stock = stock_figures(branch)
        assert stock["expiring"] > 3
        assert stock["expired"] == 0


def test_results_are_judged_by_the_laboratory_s_own_rule_and_read(month):
    results = Result.objects.select_related("item__test__answer_set").prefetch_related(
        "item__test__answer_set__answers"
    )
    assert results.count() == OrderItem.objects.count() > 0
    for result in results:
        test = result.item.test
        abnormal = [one.code for one in test.answer_set.answers.all() if one.abnormal] if test.answer_set else []
        span = {"low": result.range_low, "high": result.range_high}
        assert result.flag == flag_of(test, result.value, abnormal=abnormal, **span)
        assert not result.is_critical
        assert result.verified_by_id != result.entered_by_id
        assert result.acknowledged_at >= result.released_at


def test_points_are_the_sum_of_their_entries_and_stand_on_the_receipts(month):
    assert PointEntry.objects.count() == Invoice.objects.count()
    for card in FamilyMembership.objects.all():
        earned = card.entries.aggregate(sum=Sum("points"))["sum"] or 0
        assert card.balance == card.earned == earned
    for payment in Payment.objects.all():
        entry = PointEntry.objects.get(source_kind="invoice", source_id=payment.invoice_id)
        assert (payment.points, payment.points_balance) == (entry.points, entry.balance_after)


def test_every_row_has_its_record_in_the_trail(month):
    for model in (*BEFORE_ISSUE, *OF_A_SHIFT, *AT_LAST):
        records = Record.objects.filter(kind="insert", table_name=model._meta.db_table)
        rows = {str(pk) for pk in model._default_manager.values_list("pk", flat=True)}
        assert rows <= set(records.values_list("row_id", flat=True)), model
    seal_all()
    assert verify_chain().findings == []
