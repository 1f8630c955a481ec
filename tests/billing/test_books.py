"""The books: worth in the base currency, accounts with their postings, closed days, and the journal as a file."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.models import Record
from billing.errors import AccountCodeTaken, BooksDisagree, ClosedAlready, ClosingTooLate, ShiftsUnsettled
from billing.models import Account, BooksClosing, Entry, EntryKind, Posting
from billing.queries.books import standings
from billing.queries.comparing import ledger_disagreements
from billing.services import journal
from billing.services.books import close_books, name_account
from billing.services.journal import Side
from billing.services.payments import take_payment
from billing.services.shifts import accept_shift, close_shift, count_shift
from core.ids import new_id
from core.models import Preference
from core.preferences import preference, set_preference
from tests.factories import billing as make
from tests.factories.billing import FLOAT, khr, usd

DAY = datetime.timedelta(days=1)


@pytest.fixture
def paid(clock, samaki, cashier):
    """A bill of 10 dollars, paid with riel and a dollar note."""
    make.rate(4100)
    make.shift(cashier)
    return take_payment(invoice=make.invoice(("10.00", "USD")), tenders=[usd(5), khr(20_600)], by=cashier)


def settle(shift, cashier, accountant):
    """Count, close and accept what a shift has taken."""
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    close_shift(shift=shift, reasons={"USD": "counted late", "KHR": "counted late"}, by=cashier)
    accept_shift(shift=shift, by=accountant)


@transaction.atomic
def some_entry(cashier, branch_id):
    return journal.post(
        kind=EntryKind.PAYMENT,
        source_id=new_id(),
        sides=[Side("safe", "USD", Decimal(5)), Side("card", "USD", Decimal(-5))],
        branch_id=branch_id,
        by=cashier,
    )


# --- Worth in the base currency ---


def test_an_entry_in_two_currencies_balances_in_dollars(paid):
    postings = Posting.objects.filter(entry__payment=paid)
    assert sum(one.base_amount for one in postings) == 0
    riel = postings.get(account__key="drawer", currency="KHR", amount__gt=0)
    assert (riel.amount, riel.base_amount) == (Decimal(20_600), Decimal("5.02"))
    assert {(one.entry.base_currency, one.entry.rate) for one in postings} == {("USD", Decimal(4100))}


def test_books_in_riel_are_worth_riel(samaki, cashier, owner):
    set_preference("billing.base_currency", "KHR", by=owner)
    make.rate(4000)
    make.shift(cashier)
    payment = take_payment(invoice=make.invoice(("3.00", "USD")), tenders=[usd(3)], by=cashier)
    drawer = Posting.objects.get(entry__payment=payment, account__key="drawer")
    assert (drawer.amount, drawer.base_amount, drawer.entry.base_currency) == (3, 12_000, "KHR")


def test_the_base_currency_stays_once_something_was_posted(paid, owner):
    with pytest.raises(IntegrityError), transaction.atomic():
        set_preference("billing.base_currency", "KHR", by=owner)
    set_preference("billing.base_currency", "USD", by=owner)  # the one the books are kept in
    assert preference("billing.base_currency") == "USD"


def test_books_begun_in_riel_stay_in_riel(samaki, cashier, owner):
    set_preference("billing.base_currency", "KHR", by=owner)
    make.rate(4000)
    make.shift(cashier)
    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.objects.filter(key="billing.base_currency").delete()


def test_a_reversal_is_worth_what_it_reverses(samaki, cashier):
    from billing.services.invoices import void_invoice

    make.rate(4100)
    invoice = make.invoice(("12345", "KHR"), ("10", "USD"))
    make.rate(3900)
    void_invoice(invoice=invoice, reason="wrong patient", by=cashier)
    assert all(row.base == 0 for row in standings())
    assert set(Entry.objects.filter(invoice=invoice).values_list("rate", flat=True)) == {Decimal(4100)}


@pytest.mark.parametrize("worth", ["4.00", "5.50"])
def test_the_database_refuses_a_worth_that_its_rate_does_not_say(paid, worth):
    post_raw(paid, Decimal(20_500), Decimal(worth), Decimal(-20_500), -Decimal(worth))
    with pytest.raises(IntegrityError, match="rate says"):
        connection.check_constraints()


def test_the_database_refuses_what_does_not_balance_in_the_base(paid):
    post_raw(paid, Decimal(20_500), Decimal("5.00"), Decimal(-20_500), Decimal("-5.01"))
    with pytest.raises(IntegrityError, match="balance"):
        connection.check_constraints()


def post_raw(payment, *amounts):
    first = Entry.objects.get(payment=payment)
    entry = Entry.objects.create(
        kind=EntryKind.PAYMENT, source_id=new_id(), occurred_at=first.occurred_at, date=first.date, rate=4100,
        base_currency="USD", branch_id=first.branch_id, posted_by_id=first.posted_by_id,
    )  # fmt: skip
    safe = Account.objects.get(key="safe")
    for amount, worth in (amounts[:2], amounts[2:]):
        Posting.objects.create(
            entry=entry,
            account=safe,
            currency="KHR",
            amount=amount,
            base_amount=worth,
            date=entry.date,
            branch_id=entry.branch_id,
        )


# --- Closing ---


def test_closed_days_take_no_entry(paid, cashier, accountant, clock):
    settle(paid.shift, cashier, accountant)
    first = Entry.objects.get(payment=paid)
    clock.advance(days=1)
    close_books(through=first.date, note="November", by=accountant)
    assert some_entry(cashier, first.branch_id).date == first.date + DAY
    with pytest.raises(IntegrityError, match="are closed"), transaction.atomic():
        Entry.objects.create(
            kind=EntryKind.PAYMENT, source_id=new_id(), occurred_at=first.occurred_at, date=first.date,
            base_currency="USD", branch_id=first.branch_id, posted_by=cashier,
        )  # fmt: skip


def test_a_day_that_is_not_over_is_not_closed(paid, accountant):
    with pytest.raises(ClosingTooLate):
        close_books(through=Entry.objects.first().date, by=accountant)


def test_days_are_closed_once(paid, cashier, accountant, clock):
    settle(paid.shift, cashier, accountant)
    day = Entry.objects.first().date
    clock.advance(days=2)
    close_books(through=day, by=accountant)
    for again in (day, day - DAY):
        with pytest.raises(ClosedAlready, match=f"{day}"):
            close_books(through=again, by=accountant)


def test_a_shift_that_nobody_accepted_keeps_its_days_open(paid, cashier, accountant, clock):
    clock.advance(days=1)
    day = Entry.objects.first().date
    with pytest.raises(ShiftsUnsettled, match=paid.shift.number):
        close_books(through=day, by=accountant)
    with pytest.raises(IntegrityError, match="cannot be closed"), transaction.atomic():
        BooksClosing.objects.create(through=day, closed_by=accountant)


def test_books_that_disagree_stay_open(paid, cashier, accountant, clock):
    settle(paid.shift, cashier, accountant)
    journal.post(
        kind=EntryKind.INVOICE_VOIDED,
        source_id=new_id(),
        sides=[Side("receivable", "USD", Decimal(-3)), Side("discount", "USD", Decimal(3))],
        branch_id=paid.invoice.branch_id,
        invoice=paid.invoice,
        by=cashier,
    )
    clock.advance(days=1)
    with pytest.raises(BooksDisagree):
        close_books(through=Entry.objects.first().date, by=accountant)


@pytest.mark.usefixtures("committed_db")
def test_of_many_closings_one_wins_and_entries_meanwhile_are_later(clock, samaki, cashier, accountant, race):
    make.rate()
    branch_id = make.invoice(("1.00", "USD")).branch_id
    day = Entry.objects.first().date
    clock.advance(days=1)
    closings = [lambda: close_books(through=day, by=accountant)] * 6
    posts = [lambda: some_entry(cashier, branch_id)] * 6
    outcome = race(*closings, *posts)
    assert {type(error) for error in outcome.errors} == {ClosedAlready}
    assert BooksClosing.objects.count() == 1
    assert Entry.objects.filter(date=day + DAY).count() == 6
    assert not ledger_disagreements()


def test_a_closing_stays(paid, cashier, accountant, clock):
    settle(paid.shift, cashier, accountant)
    clock.advance(days=1)
    close_books(through=Entry.objects.first().date, by=accountant)
    for statement in ("DELETE FROM billing_booksclosing", "UPDATE billing_booksclosing SET through = '2000-01-01'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- Accounts ---


def test_the_hospital_names_its_accounts(samaki):
    account = Account.objects.get(key="safe")
    name_account(account=account, code="1.01", names={"en": "Vault", "km": "ទូដែក", "zh-hans": "金库"})
    account.refresh_from_db()
    assert (account.code, account.name_en, account.name_km, account.name_zh_hans) == ("1.01", "Vault", "ទូដែក", "金库")
    with pytest.raises(AccountCodeTaken):
        name_account(account=account, code="1010", names={"en": "Vault", "km": "ទូដែក", "zh-hans": "金库"})


@pytest.mark.usefixtures("committed_db")
def test_two_accounts_never_get_one_number(samaki, race):
    names = {"en": "Cash", "km": "សាច់ប្រាក់", "zh-hans": "现金"}
    accounts = list(Account.objects.filter(key__in=["safe", "drawer", "bank", "card"]))
    outcome = race(*(lambda one=one: name_account(account=one, code="1234", names=names) for one in accounts))
    assert (len(outcome.results), {type(error) for error in outcome.errors}) == (1, {AccountCodeTaken})


def test_an_account_shows_what_was_posted_and_what_stood_before(client_for, paid):
    account = Account.objects.get(key="drawer")
    client = client_for("accountant")
    day = Entry.objects.first().date
    page = client.get(f"/billing/accounts/{account.pk}/?since={day}").content.decode()
    assert paid.number in page
    assert "Before these days" in page
    tomorrow = client.get(f"/billing/accounts/{account.pk}/?since={day + DAY}").content.decode()
    assert paid.number not in tomorrow
    assert "</span> 180,500</span>" in tomorrow


def test_a_taken_number_is_said_beside_the_field(client_for, samaki):
    account = Account.objects.get(key="safe")
    sent = {"_once": str(new_id()), "code": "1010", "name_en": "A", "name_km": "ក", "name_zh_hans": "金"}
    answer = client_for("accountant").post(f"/billing/accounts/{account.pk}/edit/", sent)
    assert answer.status_code == 422
    assert "Another account has this number." in answer.content.decode()
    assert client_for("auditor").get(f"/billing/accounts/{account.pk}/edit/").status_code == 403


# --- The journal as a file ---


def file_of(client, shape="csv", since=None, until=None):
    day = Entry.objects.order_by("date").first().date
    return client.get(f"/billing/journal/export/file/?since={since or day}&until={until or day + DAY}&shape={shape}")


def test_the_table_holds_every_posting_and_balances(client_for, paid):
    answer = file_of(client_for("accountant"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == Posting.objects.count()
    for debit, credit in (("debit", "credit"), ("base_debit", "base_credit")):
        for currency in ("USD", "KHR"):
            mine = [row for row in rows if row["currency"] == currency or debit == "base_debit"]
            assert sum(Decimal(row[debit] or 0) for row in mine) == sum(Decimal(row[credit] or 0) for row in mine)
    assert {row["document"] for row in rows} == {paid.number, paid.invoice.number, paid.shift.number}
    assert Record.objects.filter(kind="export", after__page="billing:journal").count() == 1


def test_the_text_journal_balances_entry_by_entry(client_for, paid):
    text = file_of(client_for("accountant"), "hledger").content.decode()
    assert "account 1010 Cash in drawers  ; type:A" in text
    entries = [block for block in text.split("\n\n") if " * (" in block]
    assert len(entries) == Entry.objects.count()
    for block in entries:
        sums = {"USD": Decimal(0), "KHR": Decimal(0)}
        for line in block.splitlines()[1:]:
            if not line.strip().startswith(";"):
                amount, currency = line.strip().split("  ")[1].split()
                sums[currency] += Decimal(amount)
        assert set(sums.values()) == {0}


@pytest.mark.parametrize(
    ("since", "until"), [("2026-11-05", "2026-11-04"), ("2024-01-01", "2026-01-01"), ("2026-02-30", "2026-03-01")]
)
def test_impossible_days_are_said_beside_the_field(client_for, paid, since, until):
    answer = file_of(client_for("accountant"), since=since, until=until)
    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()


def test_a_table_too_long_is_refused_and_not_cut(client_for, paid, monkeypatch):
    monkeypatch.setattr("billing.views.books.MOST_ROWS", 3)
    answer = file_of(client_for("accountant"))
    assert answer.status_code == 422
    assert not Record.objects.filter(kind="export").exists()


def test_who_only_reads_takes_nothing_out(client_for, paid):
    assert file_of(client_for("auditor")).status_code == 403


# --- Pages ---


def test_the_accountant_closes_a_month_on_a_page(client_for, paid, cashier, accountant, clock):
    settle(paid.shift, cashier, accountant)
    day = Entry.objects.first().date
    client = client_for("accountant")
    early = client.post("/billing/closings/new/", {"_once": str(new_id()), "through": f"{day}"})
    assert early.status_code == 422
    assert "Choose a day that is over." in early.content.decode()
    clock.advance(days=1)
    client = client_for("accountant")
    done = client.post("/billing/closings/new/", {"_once": str(new_id()), "through": f"{day}", "note": "all counted"})
    assert done.status_code == 302
    page = client.get("/billing/closings/").content.decode()
    assert f"Closed through {day}" in page
    assert "all counted" in page


def test_a_statement_costs_the_same_however_long(client_for, paid, cashier, query_count):
    client, account = client_for("accountant"), Account.objects.get(key="receivable")
    address = f"/billing/accounts/{account.pk}/"
    client.get(address)
    with query_count() as few:
        client.get(address)
    for _ in range(5):
        make.invoice(("2.00", "USD"))
    with query_count() as many:
        client.get(address)
    assert many.count == few.count
