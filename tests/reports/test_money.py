"""Reports about money: each total is the ledger's, opens to its postings, and leaves the house as a file."""

import csv
import datetime
import io
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Record
from billing.models import Invoice
from billing.services.concessions import approve_concession, ask_discount
from billing.services.credits import approve_credit, request_credit
from billing.services.drafts import draft_invoice
from billing.services.invoices import issue_invoice, override_discount, void_invoice
from billing.services.payments import take_payment
from core.clock import today
from reports.queries.money.ageing import ageing, owing_invoices
from reports.queries.money.definitions import BALANCES, COLLECTIONS, DISCOUNTS, REPORTS, REVENUE
from reports.queries.money.grouping import Period, Sums, entries_behind, groups, rows_of, totals
from reports.queries.money.services import lines_behind, sales
from tests.billing import test_concessions as concede
from tests.factories import billing as make
from tests.factories.billing import khr, usd

DAY = datetime.timedelta(days=1)


@pytest.fixture
def desk(clock, samaki, cashier):
    """A paid bill over 10 dollars (half in riel), one over 30 dollars with 20 paid, one over 41,000 riel unpaid."""
    make.rate(4100)
    make.shift(cashier)
    paid = take_payment(invoice=make.invoice(("10.00", "USD")), tenders=[usd(5), khr(20_500)], by=cashier).invoice
    partly = take_payment(invoice=make.invoice(("30.00", "USD")), tenders=[usd(20)], by=cashier).invoice
    unpaid = make.invoice(("41000", "KHR"))
    return paid, partly, unpaid


@pytest.fixture
def period(desk):
    return Period(today(), today())


def table(report, place, period):
    grouping = report.groupings[place]
    rows = rows_of(report, grouping, list(groups(report, grouping, period)))
    return {tuple(row.labels): row.sums for row in rows}


def in_dollars(usd_sum, khr_sum=0):
    """Both sums, and the riel at 4,100 in the base currency."""
    return Sums(Decimal(usd_sum), Decimal(khr_sum), Decimal(usd_sum) + Decimal(khr_sum) / 4100)


def test_collections_by_cashier_and_method(period, cashier):
    found = table(COLLECTIONS, 1, period)
    assert found == {(str(cashier), "Cash"): in_dollars(25, 20_500)}
    assert totals(COLLECTIONS, period) == in_dollars(25, 20_500)


def test_revenue_counts_what_was_charged_less_what_was_voided(period, desk, owner):
    void_invoice(invoice=desk[2], reason="wrong patient", by=owner)
    (sums,) = table(REVENUE, 0, period).values()
    assert (sums.usd, sums.khr) == (40, 0)
    assert [labels[0] for labels in table(REVENUE, 1, period)] == [str(desk[0].visit.department)]


def test_a_discount_is_found_by_who_granted_it(desk, period, owner, cashier):
    visit = make.new_visit()
    make.charge("50.00", "USD", visit=visit)

    draft = override_discount(
        invoice=draft_invoice(visit=visit, by=cashier), rate=Decimal("0.2"), reason="poor", by=owner
    )
    issue_invoice(invoice=draft, by=cashier)
    assert table(DISCOUNTS, 1, period) == {(str(owner), "Granted by management"): in_dollars(10)}


def test_an_approved_discount_and_an_exemption_are_found_by_who_approved_them(desk, period, owner, cashier, accountant):
    asked = concede.draft(("50.00", "consultation"))
    approve_concession(concession=ask_discount(invoice=asked, rate=Decimal("0.4"), reason="poor", by=cashier), by=owner)
    asked.refresh_from_db()
    issue_invoice(invoice=concede.exempt(asked, concede.fund()), by=cashier)
    assert table(DISCOUNTS, 1, period) == {
        (str(owner), "Granted by management"): in_dollars(20),
        (str(owner), "Exemption"): in_dollars(15),
    }
    (row,) = [
        row
        for row in rows_of(DISCOUNTS, DISCOUNTS.groupings[1], list(groups(DISCOUNTS, DISCOUNTS.groupings[1], period)))
        if row.labels[1] == "Exemption"
    ]
    behind = entries_behind(DISCOUNTS, DISCOUNTS.groupings[1], period, row.values)
    assert {posting.account.key for posting in behind} == {"fund.poor"}


def test_every_row_opens_to_postings_that_add_up_to_it(period):
    for report in REPORTS.values():
        for grouping in report.groupings:
            for row in rows_of(report, grouping, list(groups(report, grouping, period))):
                behind = entries_behind(report, grouping, period, row.values)
                assert report.sign * sum(one.base_amount for one in behind) == row.sums.base
                assert report.sign * sum(one.amount for one in behind if one.currency == "USD") == row.sums.usd


def test_balances_at_the_end_of_a_day_add_up_to_nothing(clock, period, cashier):
    clock.advance(days=1)
    assert totals(BALANCES, Period(today(), today())) == in_dollars(0)
    assert totals(BALANCES, Period(today() - 2 * DAY, today() - 2 * DAY)) == Sums()
    assert "Owed by patients" in {labels[0].partition(" ")[2] for labels in table(BALANCES, 0, period)}


def test_revenue_by_service_agrees_with_the_ledger(desk, period, cashier, owner):
    line = desk[0].lines.get()
    note = request_credit(invoice=desk[0], amounts={line.pk: Decimal("4.00")}, reason="half the price", by=cashier)
    approve_credit(note=note, by=owner)
    found = sales(period)
    assert found.agrees
    assert (found.usd, found.khr) == (36, 41_000)
    assert sum(row.times for row in found.rows) == 3


def test_what_a_service_brought_opens_to_its_lines(client_for, desk, period, cashier, owner):
    line = desk[0].lines.get()
    note = request_credit(invoice=desk[0], amounts={line.pk: Decimal("4.00")}, reason="half the price", by=cashier)
    approve_credit(note=note, by=owner)
    void_invoice(invoice=desk[2], reason="wrong patient", by=owner)
    for row in sales(period).rows:
        behind = list(lines_behind(period, row.code))
        assert {one["code"] for one in behind} == {row.code}
        for currency, figure in (("USD", row.usd), ("KHR", row.khr)):
            assert sum(one["money"] for one in behind if one["in_currency"] == currency) == figure
    client = client_for("accountant")
    page = client.get("/money/services/")
    (row, url), *_others = page.context["rows"]
    opened = client.get(url)
    assert [one["money"] for one, _event in opened.context["rows"]] == [Decimal(-4), Decimal(10)]
    assert "Credit note" in opened.content.decode()
    assert len(client.get(page.context["total_url"]).context["rows"]) == 5
    assert client.get("/money/services/lines/?code=NOTHING").status_code == 200
    assert client_for("cashier").get("/money/services/lines/").status_code == 403


def test_a_table_that_is_too_long_for_a_file_is_refused_not_cut(client_for, desk, monkeypatch):
    client = client_for("accountant")
    monkeypatch.setattr("reports.views.money.MOST_ROWS", 2)
    assert client.get("/money/balances/file/").status_code == 302
    said = client.get("/money/balances/file/?until=2099-01-01", follow=True)
    assert "The table has more than 2 rows. Choose fewer days or another grouping." in said.content.decode()
    assert said.request["QUERY_STRING"] == "until=2099-01-01"
    assert not Record.objects.filter(kind="export").exists()
    assert client.get("/money/collections/file/?by=3").status_code == 200


def test_debts_are_the_ledgers_and_grow_old(clock, desk):
    young = ageing(today())[0]
    assert (young.invoices, young.sums) == (2, {"USD": 10, "KHR": 41_000})
    assert [one.owes for one in owing_invoices(today())] == [10, 41_000]
    for days, place in ((30, 0), (1, 1), (30, 2), (30, 3)):
        clock.advance(days=days)
        assert [bucket.invoices for bucket in ageing(today())] == [2 if place == n else 0 for n in range(4)]
        assert owing_invoices(today(), bucket=place).count() == 2
        assert not owing_invoices(today(), bucket=(place + 1) % 4).exists()


def test_the_pages_show_their_totals_and_open_to_entries(client_for, period):
    client = client_for("accountant")
    assert client.get("/money/").status_code == 200
    page = client.get("/money/collections/", {"by": 1})
    assert page.context["total"] == totals(COLLECTIONS, period)
    (_row, url), *_others = page.context["rows"]
    behind = client.get(url)
    assert {posting.account.key for posting in behind.context["page"]} == {"drawer"}
    assert parse_qs(urlsplit(url).query)["by"] == ["1"]
    assert client.get("/money/owing/", {"bucket": 0}).context["rows"][0][1] == 0
    assert "Agrees with the ledger" in client.get("/money/services/").content.decode()


@pytest.mark.parametrize(
    "address", ["/money/nothing/", "/money/revenue/entries/?v=not-a-number", "/money/revenue/entries/?v=a&v=b"]
)
def test_what_there_is_no_report_of_is_not_found(client_for, samaki, address):
    assert client_for("accountant").get(address).status_code == 404


def test_wrong_days_are_said_and_harm_nothing(client_for, desk):
    page = client_for("accountant").get("/money/revenue/", {"since": "2026-12-02", "until": "2026-12-01"})
    assert page.status_code == 200
    assert "The last day lies before the first." in page.content.decode()


def test_a_report_as_a_file_ends_with_its_total_and_is_recorded(client_for, period):
    client = client_for("accountant")
    rows = list(csv.reader(io.StringIO(client.get("/money/collections/file/?by=1").content.decode("utf-8-sig"))))
    assert rows[-1] == ["Total", "", "25.00", "20500", "30.00"]
    for address in ("services", "owing"):
        assert client.get(f"/money/{address}/file/").headers["Content-Type"].startswith("text/csv")
    assert Record.objects.filter(kind="export").count() == 3


def test_reports_ask_as_often_whatever_they_show(client_for, desk, cashier):
    client = client_for("accountant")
    client.get("/money/collections/")
    addresses = ("/money/collections/", "/money/services/", "/money/services/lines/", "/money/owing/")
    addresses += ("/money/revenue/entries/", "/money/discounts/?by=1")

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            for address in addresses:
                client.get(address)
        return len(captured)

    before = statements()
    for amount in ("3.00", "4.00", "5.00"):
        invoice = make.invoice((amount, "USD"), ("8000", "KHR"))
        take_payment(invoice=invoice, tenders=[usd(1)], by=cashier)
    assert Invoice.objects.count() == 6
    assert statements() == before
