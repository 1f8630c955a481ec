"""Instalments that add up and are filled in order, and reminders that go out once at each level."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.core import mail as outbox
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import Record
from billing.dues import dates_from, equal_parts, filled, level_due
from billing.errors import InvoiceChanged, InvoiceNotOwing
from billing.errors_debts import PlanDatesWrong, PlanMissing, PlanStands
from billing.models import Instalment, InstalmentPlan, Invoice, Reminder
from billing.printing_reminders import letter
from billing.queries.comparing import ledger_disagreements
from billing.queries.debts import debts_of, parts_of, plan_of, visible_debts
from billing.services.instalments import agree_plan, end_plan
from billing.services.payments import take_payment
from billing.services.reminders import record_letter, remind_overdue
from billing.tasks import remind_of_debts
from core.clock import today
from core.ids import new_id
from core.models.base import AppendOnlyError
from core.money import KHR, USD
from core.preferences import set_preference
from notifications.models import MailLog
from notifications.services.mail import deliver_mail
from patients.queries.consents import current_texts
from patients.services.consents import record_consent
from tests.factories import billing as make
from tests.factories.billing import usd

DAY = timedelta(days=1)


@pytest.fixture
def invoice(samaki, cashier, clock):
    make.shift(cashier)
    return make.invoice(("10.00", "USD"), by=cashier)


@pytest.fixture
def rules(samaki, owner):
    for level, days in enumerate((7, 21, 45), start=1):
        set_preference(f"billing.reminder_{level}", days, by=owner)


def plan_in_three(invoice, by, first=None):
    days = dates_from(first or today(), 3, "month")
    return agree_plan(invoice=invoice, parts=list(zip(days, equal_parts(D(10), 3, USD), strict=True)), by=by)


# --- The arithmetic ---


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 10**8), st.integers(1, 24), st.integers(-5, 10**8), st.sampled_from([USD, KHR]))
def test_parts_add_up_and_are_filled_in_order(units, times, settled, currency):
    step = D("0.01") if currency == USD else D(1)
    total, paid = units * step, settled * step
    parts = equal_parts(total, times, currency)
    assert sum(parts) == total
    assert max(parts) - min(parts) <= step
    full = filled(parts, paid)
    assert sum(full) == min(max(paid, D(0)), total)
    assert all(0 <= done <= part for done, part in zip(full, parts, strict=True))
    assert all(full[at] == parts[at] for at in range(times - 1) if full[at + 1])


def test_days_of_parts_follow_the_calendar():
    assert dates_from(date(2026, 1, 31), 3, "month") == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert dates_from(date(2026, 12, 25), 2, "fortnight") == [date(2026, 12, 25), date(2027, 1, 8)]


@pytest.mark.parametrize(("days", "level"), [(-1, 0), (6, 0), (7, 1), (20, 1), (21, 2), (44, 2), (45, 3), (400, 3)])
def test_levels_begin_on_their_day(days, level):
    assert level_due(days, [7, 21, 45]) == level


def test_a_level_that_is_off_is_skipped():
    assert [level_due(30, [7, 0, 45]), level_due(30, [0, 0, 0])] == [1, 0]


# --- Plans ---


def test_payments_fill_the_parts_in_order(invoice, cashier):
    plan = plan_in_three(invoice, cashier)
    connection.check_constraints()
    take_payment(invoice=invoice, tenders=[usd(5)], by=cashier)
    invoice.refresh_from_db()
    assert [str(one.paid.amount) for one in parts_of(plan, invoice)] == ["3.33", "1.67", "0.00"]
    (row,) = visible_debts(cashier, day=today()).filter(pk=invoice.pk)
    assert row.next_due == dates_from(today(), 3, "month")[1]
    take_payment(invoice=invoice, tenders=[usd(5)], by=cashier)
    invoice.refresh_from_db()
    assert all(one.is_paid for one in parts_of(plan, invoice))
    assert not visible_debts(cashier, day=today()).filter(pk=invoice.pk).exists()
    assert not ledger_disagreements()


def test_a_plan_is_over_what_is_due_in_days_to_come_and_stands_alone(invoice, cashier):
    with pytest.raises(InvoiceChanged):
        agree_plan(invoice=invoice, parts=[(today(), D(9))], by=cashier)
    with pytest.raises(PlanDatesWrong):
        agree_plan(invoice=invoice, parts=[(today() - DAY, D(10))], by=cashier)
    with pytest.raises(PlanDatesWrong):
        agree_plan(invoice=invoice, parts=[(today() + DAY, D(5)), (today(), D(5))], by=cashier)
    plan_in_three(invoice, cashier)
    with pytest.raises(PlanStands):
        plan_in_three(invoice, cashier)
    end_plan(invoice=invoice, by=cashier)
    with pytest.raises(PlanMissing):
        end_plan(invoice=invoice, by=cashier)
    assert plan_of(invoice) is None
    assert plan_in_three(invoice, cashier).is_active
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    with pytest.raises(InvoiceNotOwing):
        plan_in_three(invoice, cashier)


def _write(act):
    with transaction.atomic():
        act()
        connection.check_constraints()


def test_the_database_refuses_parts_that_do_not_add_up_and_edits(invoice, cashier):
    plan = plan_in_three(invoice, cashier)
    connection.check_constraints()
    facts = {"plan": plan, "currency": "USD"}
    for wrong in (
        lambda: Instalment.objects.create(position=4, due_on=today() + 400 * DAY, amount=1, reaches=11, **facts),
        lambda: InstalmentPlan.objects.filter(pk=plan.pk).update(total=D(11)),
        lambda: InstalmentPlan.objects.filter(pk=plan.pk).delete(),
        lambda: Instalment.objects.filter(plan=plan).update(amount=D(1)),
        lambda: InstalmentPlan.objects.create(invoice=invoice, currency="USD", total=9, agreed_by=cashier),
    ):
        with pytest.raises((DatabaseError, AppendOnlyError)):
            _write(wrong)


def test_a_plan_and_a_payment_at_once_never_disagree(committed_db, race):
    cashier = make.user("cashier")
    make.shift(cashier)
    invoices = [make.invoice(by=cashier) for _ in range(4)]
    acts = [lambda one=one: take_payment(invoice=one, tenders=[usd(4)], key=new_id(), by=cashier) for one in invoices]
    acts += [lambda one=one: plan_in_three(one, cashier) for one in invoices]
    outcome = race(*acts)
    assert all(isinstance(error, InvoiceChanged) for error in outcome.errors), outcome.errors
    for plan in InstalmentPlan.objects.all():  # agreed before its payment came
        assert (plan.total, plan.invoice.balance) == (D(10), D(6))
    assert Invoice.objects.filter(paid=D(4)).count() == 4


# --- Reminders ---


@pytest.fixture(autouse=True)
def no_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    outbox.outbox = []


def with_mail(invoice):
    invoice.patient.email, invoice.patient.preferred_language = "kunthea@example.com", "en"
    invoice.patient.save()


def test_each_level_goes_out_once_on_its_day(invoice, rules, clock):
    with_mail(invoice)
    sent = []
    for _night in range(50):
        sent.append(remind_overdue() + remind_overdue())
        clock.advance(days=1)
    assert [day for day, count in enumerate(sent) if count] == [7, 21, 45]
    assert list(Reminder.objects.order_by("level").values_list("level", "way")) == [
        (1, "mail"),
        (2, "mail"),
        (3, "mail"),
    ]
    for log in MailLog.objects.filter(template="debt_reminder").order_by("id"):
        assert deliver_mail(log.pk)
    assert "10.00" in outbox.outbox[0].body
    assert invoice.number in outbox.outbox[0].body
    assert outbox.outbox[2].subject.startswith("Last reminder")


def test_a_hospital_without_rules_reminds_nobody(invoice, clock):
    clock.advance(days=100)
    assert remind_of_debts() == 0


def test_what_is_paid_is_not_reminded_of_and_parts_are_by_their_own_day(invoice, rules, cashier, clock):
    plan_in_three(invoice, cashier, first=today() + 10 * DAY)
    clock.advance(days=16)
    assert remind_overdue() == 0
    clock.advance(days=1)
    assert remind_overdue() == 1
    assert Reminder.objects.get().amount == D("3.33")
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    clock.advance(days=100)
    assert remind_overdue() == 0


def test_who_refused_messages_or_has_no_address_gets_a_letter(invoice, rules, receptionist, cashier, clock):
    other = make.invoice(("5.00", "USD"), by=cashier)
    with_mail(invoice)
    text = current_texts()["reminders"]
    record_consent(patient=invoice.patient, text=text, decision="deny", method="paper", by=receptionist)
    clock.advance(days=8)
    assert remind_overdue() == 2
    assert {one.way for one in Reminder.objects.all()} == {"letter"}
    assert not MailLog.objects.filter(template="debt_reminder").exists()
    withheld = Record.objects.filter(kind="event", after__event="withheld", after__what="debt_reminder")
    assert [one.row_id for one in withheld] == [str(invoice.patient_id)]
    paper = letter(Reminder.objects.get(invoice=other), "a4", None)
    assert (paper["title"], paper["number"], paper["sums"][0][1].amount) == ("Reminder", other.number, D(5))


def test_a_letter_is_printed_once_and_a_reminder_stays(invoice, rules, cashier, accountant, clock):
    clock.advance(days=8)
    remind_overdue()
    reminder = record_letter(reminder=Reminder.objects.get(), by=cashier)
    assert record_letter(reminder=reminder, by=accountant).printed_by == cashier
    for change in ({"level": 2}, {"printed_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Reminder.objects.filter(pk=reminder.pk).update(**change)


def test_many_workers_at_once_remind_once(committed_db, race):
    for level in (1, 2, 3):
        set_preference(f"billing.reminder_{level}", 1, by=make.user("owner"))
    invoice = make.invoice(by=make.user("cashier"))
    plan = agree_plan(invoice=invoice, parts=[(today(), D(10))], by=make.user("cashier"))
    assert plan.is_active
    from core import clock as house_clock

    with house_clock.freeze(house_clock.now() + 2 * DAY):
        outcome = race(remind_overdue, times=4)
    assert not outcome.errors
    assert Reminder.objects.count() == 1


# --- The pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_the_way_through_the_pages(invoice, rules, client_for, clock):
    desk, page = client_for("cashier"), f"/billing/invoices/{invoice.pk}/"
    assert desk.post(f"{page}plan/", once(times="3", first_on="2020-01-01", every="month")).status_code == 422
    sent = once(times="3", first_on=str(today()), every="month")
    assert desk.post(f"{page}plan/", sent).status_code == 302
    assert "3.33" in desk.get(page).content.decode()
    clock.advance(days=8)
    desk, office = client_for("cashier"), client_for("accountant")
    assert remind_overdue() == 1
    assert invoice.number in desk.get("/billing/debts/").content.decode()
    assert invoice.number in desk.get("/billing/debts/?show=letters").content.decode()
    paper = desk.post(f"/billing/reminders/{Reminder.objects.get().pk}/print/", once(), follow=True)
    assert paper["Content-Type"] == "application/pdf"
    assert invoice.number not in desk.get("/billing/debts/?show=letters").content.decode()
    assert desk.post(f"{page}plan/end/", once()).status_code == 302
    assert client_for("doctor").get("/billing/debts/").status_code == 403
    assert office.get("/billing/debts/rules/").status_code == 200
    assert desk.get("/billing/debts/rules/").status_code == 403


def test_the_list_asks_as_much_for_one_debt_as_for_three(invoice, cashier, client_for, query_count, clock):
    plan_in_three(invoice, cashier)
    clock.advance(days=2)
    desk = client_for("cashier")
    desk.get("/billing/debts/?show=all")
    with query_count() as one:
        desk.get("/billing/debts/?show=all")
    for _ in range(2):
        plan_in_three(make.invoice(by=cashier), cashier)
    with query_count() as three:
        assert desk.get("/billing/debts/?show=all").content.decode().count("billing/invoices") >= 3
    assert three.count == one.count
    assert debts_of(visible_debts(cashier, day=today()), today())[0].has_plan
