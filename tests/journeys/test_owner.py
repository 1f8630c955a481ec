"""The owner reads the day at a glance: who came, how long they waited, what was collected, in figures and charts."""

import datetime
import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from billing.services.payments import take_payment
from billing.services.shifts import close_shift, count_shift
from clinical.services.consultations import mark_no_show
from core import clock
from patients.models import Visit
from queueing.models import Ticket
from queueing.services.tickets import call_ticket
from tests.factories import billing as money
from tests.factories.clinical import enrol, price_consultations
from tests.factories.queueing import department
from tests.support.threads import eventually

COLLECTED = {("Cash", "USD"): Decimal(15), ("Cash", "KHR"): Decimal(20_500), ("KHQR", "USD"): Decimal(5)}


class Glance:
    """What the figures on the owner's first page say, read as a person reads them."""

    def __init__(self, page: Page) -> None:
        page.goto("/")
        self.slot = page.locator("#figures-slot")
        expect(self.slot.get_by_role("heading", name="Today's figures")).to_be_visible()
        expect(self.slot.locator(".chart canvas").first).to_be_visible()

    def stat(self, label: str) -> Decimal:
        found = self.slot.locator(".stat", has_text=label)
        return number(found.locator(".stat-value").inner_text()) if found.count() else Decimal(0)

    def collected(self, method: str, currency: str) -> Decimal:
        for row in self.table("Collected today"):
            if row[:2] == [method, currency]:
                return number(row[2])
        return Decimal(0)

    def wait(self, place: str) -> list[str]:
        """Waiting, called and minutes of a department."""
        return next((row[1:] for row in self.table("Waiting times today") if row[0] == place), ["0", "0", "–"])

    def table(self, heading: str) -> list[list[str]]:
        card = self.slot.locator("section.card", has=self.slot.page.get_by_role("heading", name=heading))
        rows = card.locator("tbody tr").all()
        return [row.locator("th, td").all_inner_texts() for row in rows]

    def charted(self, title: str, label: str = "") -> list[Decimal]:
        """The values of a chart's text alternative (of one row), opened as one does who cannot see the chart."""
        chart = self.slot.locator("figure.chart", has_text=title)
        if not chart.locator("details[open]").count():
            chart.get_by_text("Show as a table").click()
        rows = chart.locator("tbody tr", has_text=label)
        expect(rows.first).to_be_visible()
        return [number(text) for text in rows.locator("td").all_inner_texts()]


def number(text: str) -> Decimal:
    """A figure as it is printed; more change may have been given in a currency than was taken in it."""
    return Decimal(re.sub(r"[^\d.-]", "", text.replace("\u2212", "-")))


@pytest.fixture
def hospital(web_db):
    price_consultations("5.00")
    money.rate()


@pytest.fixture
def till(hospital):
    """An open shift of the second cashier, closed afterwards so that the next journey finds none."""
    cashier = money.user("cashier2")
    shift = money.shift(cashier, code="OWN")
    yield cashier
    count_shift(shift=shift, counts={}, by=cashier)
    close_shift(shift=shift, reasons={"USD": "journey", "KHR": "journey"}, by=cashier)


def test_the_owner_sees_visits_waits_and_collections_of_the_day(page_for, till):
    owner = page_for("owner")
    before = Glance(owner)
    visits, place = before.stat("Visits today"), department().name
    usd, khr = before.stat("Collected in USD"), before.stat("Collected in KHR")
    methods = {key: before.collected(*key) for key in COLLECTED}
    waiting, called, _ = before.wait(place)
    day = f"{clock.today():%m-%d}"
    assert sum(before.charted("Arrivals by hour")) == visits
    series = before.charted("collected in the last 14 days", day)

    two_patients_of_whom_one_is_called()
    three_payments(till)

    after = Glance(owner)
    assert after.stat("Visits today") == visits + 2
    assert after.stat("Collected in USD") == usd + 20
    assert after.stat("Collected in KHR") == khr + 20_500
    assert {key: after.collected(*key) - methods[key] for key in COLLECTED} == COLLECTED
    assert after.wait(place) == [str(int(waiting) + 1), str(int(called) + 1), str(average_wait(place))]
    assert sum(after.charted("Arrivals by hour")) == visits + 2
    assert after.charted("Visits of the last 14 days", day) == [visits + 2]
    assert after.charted("collected in the last 14 days", day) == [series[0] + 20, series[1] + Decimal("20.5")]
    after.slot.get_by_role("link", name="Whole hospital").click()
    expect(after.slot.locator(".stat", has_text="Visits today")).to_contain_text(str(visits + 2))


def two_patients_of_whom_one_is_called() -> None:
    """One was called after twelve minutes and did not come, so it is no visit any more; the other still waits."""
    desk, doctor = User.objects.get(username="receptionist"), User.objects.get(username="doctor2")
    gone = enrol(by=desk, practitioner=doctor).encounter
    enrol(by=desk, practitioner=doctor)
    ticket = call_ticket(ticket=gone.ticket, room=None, by=doctor)
    Ticket.objects.filter(pk=ticket.pk).update(created_at=ticket.called_at - datetime.timedelta(minutes=12))
    mark_no_show(encounter=gone, by=doctor)
    assert eventually(lambda: Visit.objects.get(pk=gone.visit_id).status == "cancelled")


def three_payments(cashier: User) -> None:
    """Cash in both currencies, and a scan of KHQR: 10 dollars and 20,500 riel, 5 dollars, 5 dollars."""
    visit = money.new_visit()
    paid = [
        ([("15.00", "USD")], [money.usd("10.00"), money.khr("20500")]),
        ([("5.00", "USD")], [money.usd("5.00")]),
        ([("5.00", "USD")], [money.usd("5.00", "khqr")]),
    ]
    for amounts, tenders in paid:
        take_payment(invoice=money.invoice(*amounts, visit=visit), tenders=tenders, by=cashier)


def average_wait(place: str) -> int:
    """Minutes from ticket to first call over today's called tickets of a department, worked out one by one."""
    tickets = Ticket.objects.filter(queue__date=clock.today()).select_related("queue__department")
    calls = [(one, one.moves.filter(verb="call").first()) for one in tickets if one.queue.department.name == place]
    waits = [call.at - ticket.created_at for ticket, call in calls if call]
    return round(sum(waits, datetime.timedelta()).total_seconds() / 60 / len(waits))
