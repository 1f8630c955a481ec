"""Turnover by month and rate of VAT: base and tax fit each other, follow credit notes, and are the ledger's."""

import csv
import datetime
import io
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Branch
from audit.models import Record
from billing.models import Posting, Service
from billing.pricing import Paid
from billing.queries.agreement import turnover_posted
from billing.queries.comparing import ledger_disagreements
from billing.services import journal
from billing.services.catalogue import set_unit
from billing.services.credits import approve_credit, request_credit
from billing.services.invoices import draft_invoice, issue_invoice, override_discount, void_invoice
from billing.services.payments import take_payment
from core.clock import today
from core.ids import new_id
from core.preferences import set_preference
from reports.queries.money.grouping import Period, Sums
from reports.queries.money.turnover import documents, turnover, with_figures, within
from tests.factories import billing as make

TEN, FIVE = D("0.1000"), D("0.0500")


@pytest.fixture
def registered(clock, samaki, cashier):
    """A hospital that is registered, at the beginning of March; a rate of 4,000."""
    make.rate(4000)
    make.shift(cashier)
    set_preference("billing.vat_registered", True, by=make.user("owner"))


def bill(*amounts, currency="USD", five=(), off=None):
    """An issued invoice over (amount, category); services in `five` have the rate of five percent."""
    visit, cashier = make.new_visit(), make.user("cashier")
    for place, (amount, category) in enumerate(amounts):
        charge = make.charge(amount, currency, visit=visit, category=category)
        if place in five:
            service = Service.objects.get(code=charge.service.code)
            set_unit(service=service, unit="each", grace_minutes=0, tax_rate=FIVE, by=cashier)
    draft = draft_invoice(visit=visit, by=cashier)
    if off:
        draft = override_discount(invoice=draft, rate=D(off), reason="staff", by=make.user("owner"))
    return issue_invoice(invoice=draft, by=cashier)


def credit(invoice, amount, place=0):
    """An approved credit note; what was not paid is paid first."""
    if due := invoice.total - invoice.paid:
        tenders = [Paid("bank", invoice.currency, due)]
        invoice = take_payment(invoice=invoice, tenders=tenders, by=make.user("cashier")).invoice
    line = list(invoice.lines.all())[place]
    note = request_credit(invoice=invoice, amounts={line.pk: D(amount)}, reason="broken", by=make.user("cashier"))
    return approve_credit(note=note, by=make.user("accountant"))


def whole(branch=None):
    return Period(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31), branch)


def rows(period=None):
    """(net, tax) in dollars, riel and the base currency by month and rate."""
    found = turnover(period or whole())
    assert found.agrees
    assert not ledger_disagreements()
    return {(f"{row.month:%m}", row.rate): (row.taxed.net, row.taxed.tax) for row in found.rows}


def same(usd_sum, khr_sum=0, base=None):
    return Sums(D(usd_sum), D(khr_sum), D(usd_sum if base is None else base))


def test_taxable_and_exempt_turnover_by_rate(registered):
    bill(("11.00", "other"), ("20.00", "consultation"))
    bill(("22.00", "other"), ("10.50", "pharmacy"), five=(1,))
    assert rows() == {
        ("03", D(0)): (same(20), same(0)),
        ("03", FIVE): (same(10), same("0.50")),
        ("03", TEN): (same(30), same(3)),
    }
    found = turnover(whole())
    assert (found.taxable.net.usd, found.exempt.net.usd, found.total.net.usd) == (40, 20, 60)
    assert found.total.tax == same("3.50")


def test_discounts_are_not_turnover(registered):
    bill(("22.00", "other"), off="0.5")
    assert rows() == {("03", TEN): (same(10), same(1))}


def test_credit_notes_and_voids_are_taken_off_in_their_own_month(registered, clock, accountant, cashier):
    paid = bill(("22.00", "other"), ("5.00", "consultation"))
    wrong = bill(("11.00", "other"))
    march = rows()
    clock.advance(days=40)
    make.rate(4100)
    credit(paid, "11.00")
    void_invoice(invoice=wrong, reason="wrong patient", by=accountant)
    found = rows()
    assert {key: row for key, row in found.items() if key[0] == "03"} == march
    assert march == {("03", D(0)): (same(5), same(0)), ("03", TEN): (same(30), same(3))}
    assert {key: row for key, row in found.items() if key[0] == "04"} == {("04", TEN): (same(-20), same(-2))}
    april = within(whole(), datetime.date(2026, 4, 1))
    assert rows(april) == {("04", TEN): (same(-20), same(-2))}


def test_riel_count_in_the_base_currency_at_the_rate_of_their_invoice(registered, clock, cashier):
    invoice = bill(("44000", "other"), ("21000", "pharmacy"), ("8000", "consultation"), currency="KHR", five=(1,))
    clock.advance(days=40)
    make.rate(5000)
    credit(invoice, "22000")
    ten, five, none = (rows().get(("03", rate)) for rate in (TEN, FIVE, D(0)))
    assert ten == (same(0, 40_000, 10), same(0, 4000, 1))
    assert five == (same(0, 20_000, 5), same(0, 1000, "0.25"))
    assert none == (same(0, 8000, 2), same(0))
    assert rows()["04", TEN] == (same(0, -20_000, -5), same(0, -2000, "-0.50"))


def test_base_times_rate_is_the_tax_and_all_of_it_is_the_ledgers(registered, clock, cashier):
    """Awkward amounts in both currencies, at several rates, discounted and credited: to the cent the ledger's."""
    invoices = []
    for place in range(6):
        currency = "KHR" if place % 2 else "USD"
        amounts = [("13.37", "other"), ("7.77", "pharmacy"), ("3.33", "consultation")]
        if currency == "KHR":
            amounts = [("53477", "other"), ("31111", "pharmacy"), ("13333", "consultation")]
        make.rate(4000 + 37 * place)
        invoices.append(bill(*amounts, currency=currency, five=(1,), off="0.07" if place > 3 else None))
    for invoice in invoices[:4]:
        credit(invoice, "3.21" if invoice.currency == "USD" else "12345", place=1)
        invoice.refresh_from_db()
        credit(invoice, "1.11" if invoice.currency == "USD" else "4321")
    found = turnover(whole())
    assert found.agrees
    posted = Posting.objects.filter(account__key="vat")
    assert found.total.tax.base == -sum(posted.values_list("base_amount", flat=True))
    for rate in (TEN, FIVE):
        shown = with_figures(documents(whole(), (rate, rate)).select_related("invoice"), (rate, rate))
        assert len(shown) == 10
        for one in shown:
            unit = D(1) if one.net.currency == "KHR" else D("0.01")
            assert abs(one.net.amount * rate - one.tax.amount) <= unit
            assert abs(one.taxed.net.base * rate - one.taxed.tax.base) <= D("0.02")
        (row,) = [row for row in found.rows if row.rate == rate]
        for name in ("usd", "khr", "base"):
            assert sum(getattr(one.taxed.net, name) for one in shown) == getattr(row.taxed.net, name)
            assert sum(getattr(one.taxed.tax, name) for one in shown) == getattr(row.taxed.tax, name)


def test_books_kept_in_riel(clock, samaki, owner):
    set_preference("billing.base_currency", "KHR", by=owner)
    set_preference("billing.vat_registered", True, by=owner)
    make.rate(4000)
    bill(("11.00", "other"), ("21.00", "pharmacy"), five=(1,))
    assert rows() == {
        ("03", TEN): (same(10, 0, 40_000), same(1, 0, 4000)),
        ("03", FIVE): (same(20, 0, 80_000), same(1, 0, 4000)),
    }


def test_a_hospital_that_is_not_registered_has_exempt_turnover_only(clock, samaki):
    make.rate(4000)
    make.invoice(("11.00", "USD"))
    assert rows() == {("03", D(0)): (same(11), same(0))}


def test_a_branch_by_itself(registered):
    bill(("11.00", "other"))
    here = Branch.objects.get(pk=make.new_visit().branch_id)
    other = Branch.objects.create(code="ZZ", name="Other")
    assert rows(whole(here.pk)) == rows()
    assert rows(whole(other.pk)) == {}


def test_turnover_that_is_not_the_ledgers_is_found(registered):
    invoice = bill(("11.00", "other"))
    assert not list(turnover_posted())
    sides = [journal.Side("revenue.other", "USD", D(1)), journal.Side("vat", "USD", D(-1))]
    journal.post(  # of an event that charges nothing
        kind="shift_opened", source_id=new_id(), sides=sides, branch_id=invoice.branch_id, invoice=invoice,
        by=make.user("accountant"),
    )  # fmt: skip
    (found,) = turnover_posted()
    assert (found.record, found.ledger, found.elsewhere) == (invoice.number, 9, 10)
    assert not turnover(whole()).agrees


# --- The pages ---

DAYS = {"since": "2026-03-01", "until": "2026-04-30"}


def test_each_total_opens_to_its_invoices(registered, client_for, cashier):
    paid = bill(("22.00", "other"), ("5.00", "consultation"))
    note, only = credit(paid, "11.00"), bill(("30.00", "consultation"))
    office = client_for("accountant")
    assert "/money/turnover/" in office.get("/money/").content.decode()
    page = office.get("/money/turnover/", DAYS)
    assert "Agrees with the ledger" in page.content.decode()
    links = [url for _row, _rate, url in page.context["rows"]] + [url for _words, _taxed, url in page.context["totals"]]
    behind = [office.get(url) for url in links]
    numbers = [[one.entry.invoice.number for one in answer.context["rows"]] for answer in behind]
    exempt, taxed = [only.number, paid.number], [paid.number, paid.number]
    assert numbers == [exempt, taxed, taxed, exempt, [only.number, paid.number, paid.number]]
    assert note.number in behind[1].content.decode()
    for answer, total in zip(behind[2:], page.context["totals"], strict=True):
        assert sum(one.net.amount for one in answer.context["rows"]) == total[1].net.usd


@pytest.mark.parametrize("query", ["rate=x", "rate=NaN", "rate=2.0", "rate=1e-9", "month=2026-13", "month=9999-12"])
def test_what_is_no_rate_or_month_is_not_found(registered, client_for, query):
    assert client_for("accountant").get(f"/money/turnover/invoices/?{query}").status_code == 404


def test_the_table_as_a_file_ends_with_its_totals_and_is_recorded(registered, client_for):
    bill(("11.00", "other"), ("20.00", "consultation"))
    answer = client_for("accountant").get("/money/turnover/file/", DAYS)
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0][:4] == ["Month", "Rate of VAT", "Turnover without VAT, USD", "Turnover without VAT, KHR"]
    assert table[1:] == [
        ["2026-03", "Exempt", "20.00", "0", "20.00", "0.00", "0", "0.00"],
        ["2026-03", "10 %", "10.00", "0", "10.00", "1.00", "0", "1.00"],
        ["Taxable", "", "10.00", "0", "10.00", "1.00", "0", "1.00"],
        ["Exempt", "", "20.00", "0", "20.00", "0.00", "0", "0.00"],
        ["Total", "", "30.00", "0", "30.00", "1.00", "0", "1.00"],
    ]
    assert Record.objects.filter(kind="export").count() == 1


def test_who_may_read_and_who_may_take_it_out(registered, client_for):
    for who, read, take in (("auditor", 200, 403), ("cashier", 403, 403), ("accountant", 200, 200)):
        client = client_for(who)
        assert client.get("/money/turnover/").status_code == read
        assert client.get("/money/turnover/invoices/").status_code == read
        assert client.get("/money/turnover/file/").status_code == take


def test_the_pages_ask_as_often_whatever_they_show(registered, client_for):
    office, counts = client_for("accountant"), []
    bill(("11.00", "other"))
    office.get("/money/turnover/")
    for more in (0, 3):
        for _one in range(more):
            credit(bill(("22.00", "other"), ("5.00", "consultation")), "5.00")
        with CaptureQueriesContext(connection) as captured:
            for address in ("/money/turnover/", "/money/turnover/invoices/"):
                assert office.get(address, {"since": f"{today():%Y-%m-01}"}).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
