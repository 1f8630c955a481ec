"""The daily rate comes by itself where it is plausible; exchanging gains and loses, and that is posted once."""

import json
from datetime import timedelta
from decimal import Decimal as D

import pytest

from billing.errors import NoDifference, ProposalDecided
from billing.models import Entry, ExchangeRate, Posting, RateFeed, RateProposal
from billing.queries.catalogue import current_rate
from billing.queries.comparing import ledger_disagreements
from billing.services.differences import exchange_differences, post_differences
from billing.services.feeds import FeedBroken, accept_proposal, decline_proposal, fetch_rate, read_rate, save_feed
from billing.services.payments import take_payment
from billing.services.rates import set_rate
from billing.tasks import fetch_todays_rate
from core import clock
from core.clock import now, today
from core.ids import new_id
from tests.factories import billing as make
from tests.factories.billing import khr, usd
from tests.support.serving import Handler, Server, serving


class Publisher:
    """Answers with what it is told to."""

    def __init__(self) -> None:
        self.status, self.text, self.address = 200, b"{}", ""

    def says(self, rate) -> None:
        self.text = json.dumps({"data": {"average": rate, "unit": 1}}).encode()


@pytest.fixture(scope="module")
def server():
    publisher = Publisher()

    class Rate(Handler):
        def do_GET(self) -> None:
            self.send(publisher.status, publisher.text)

    with serving(Server(Rate)) as listening:
        publisher.address = f"{listening.address}/rate"
        yield publisher


@pytest.fixture
def feed(server, samaki, accountant):
    server.status = 200
    save_feed(
        by=accountant, url=server.address, form="json", field="data.average", source="NBC", percent=D(2), is_active=True
    )
    return server


@pytest.mark.parametrize(
    ("form", "field", "text", "rate"),
    [
        ("json", "data.average", '{"data": {"average": 4012}}', "4012.00"),
        ("json", "rates.0.mid", '{"rates": [{"mid": "4,012.5"}]}', "4012.50"),
        ("json", "x", '{"x": 4012.005}', "4012.00"),
        ("csv", "average", "date,average\n2026-11-20,4000\n2026-11-21,4012\n", "4012.00"),
    ],
)
def test_the_rate_is_found_where_it_stands(form, field, text, rate):
    assert str(read_rate(text, form, field)) == rate


@pytest.mark.parametrize(
    ("form", "field", "text"),
    [
        ("json", "data.average", "<html>"),
        ("json", "data.average", '{"data": {}}'),
        ("json", "data.average", "[]"),
        ("json", "x", '{"x": null}'),
        ("json", "x", '{"x": true}'),
        ("json", "x", '{"x": "much"}'),
        ("json", "x", '{"x": NaN}'),
        ("json", "x", '{"x": 0.00025}'),
        ("json", "x", '{"x": 400000}'),
        ("csv", "average", ""),
        ("csv", "average", "date,bid\n1,2\n"),
    ],
)
def test_what_is_no_rate_is_not_taken(form, field, text):
    with pytest.raises(FeedBroken):
        read_rate(text, form, field)


def test_a_plausible_rate_counts_at_once_and_is_written_down_once(feed):
    with clock.freeze(now() - timedelta(days=1)):
        make.rate(4000)
    feed.says(4060)
    assert fetch_todays_rate()
    assert fetch_rate() is None
    rate = current_rate()
    assert (rate.riel_per_dollar, rate.source, rate.set_by, rate.effective_on) == (D(4060), "NBC", None, today())
    assert ExchangeRate.objects.count() == 2


def test_a_jump_waits_for_a_person(feed, accountant):
    with clock.freeze(now() - timedelta(days=1)):
        make.rate(4000)
    feed.says(4081)
    assert isinstance(fetch_rate(), RateProposal)
    assert fetch_rate() is None
    assert current_rate().riel_per_dollar == 4000
    proposal = accept_proposal(proposal=RateProposal.objects.get(), by=accountant)
    assert (current_rate().riel_per_dollar, proposal.rate.set_by) == (D(4081), accountant)
    with pytest.raises(ProposalDecided):
        decline_proposal(proposal=proposal, by=accountant)


def test_a_rate_set_by_hand_today_stays(feed, accountant):
    set_rate(riel_per_dollar=D(4000), source="by hand", by=accountant)
    feed.says(4010)
    assert fetch_rate() is None
    assert current_rate().riel_per_dollar == 4000


def test_why_nothing_came_is_kept(feed):
    feed.says("closed today")
    assert fetch_rate() is None
    assert "no number" in RateFeed.objects.get().problem
    feed.status = 503
    assert fetch_rate() is None
    assert RateFeed.objects.get().problem == "answered 503"
    RateFeed.objects.update(is_active=False)
    assert not fetch_todays_rate()
    assert not ExchangeRate.objects.exists()


# --- Gain and loss ---


def exchanged(cashier, riel_per_dollar=4100):
    """Ten dollars paid in riel."""
    make.rate(riel_per_dollar)
    make.shift(cashier)
    invoice = make.invoice(("10.00", "USD"), by=cashier)
    take_payment(invoice=invoice, tenders=[khr(10 * riel_per_dollar)], by=cashier)


@pytest.mark.parametrize(("later", "posted"), [(4000, "-0.25"), (4200, "0.24")])
def test_riel_worth_more_later_are_a_gain_and_worth_less_a_loss(samaki, cashier, accountant, later, posted):
    exchanged(cashier)
    with pytest.raises(NoDifference):
        post_differences(by=accountant)
    make.rate(later)
    assert [one.worth.amount for one in exchange_differences()] == [D(posted)]
    entry = post_differences(by=accountant)[0]
    booked = Posting.objects.get(entry=entry, account__key="exchange_difference")
    assert (booked.amount, booked.currency, entry.rate) == (D(posted), "USD", D(later))
    with pytest.raises(NoDifference):
        post_differences(by=accountant)
    assert not ledger_disagreements()


def test_dollars_that_pay_riel_gain_and_lose_the_other_way(samaki, cashier, accountant):
    make.rate(4000)
    make.shift(cashier)
    invoice = make.invoice(("40000", "KHR"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    make.rate(4100)
    assert [one.worth.amount for one in exchange_differences()] == [D("-0.24")]


@pytest.mark.usefixtures("committed_db")
def test_pressed_by_two_at_once_it_is_posted_once(samaki, cashier, accountant, race):
    exchanged(cashier)
    make.rate(4000)
    outcome = race(lambda: post_differences(by=accountant), times=6)
    assert (len(outcome.results), {type(error) for error in outcome.errors}) == (1, {NoDifference})
    assert Entry.objects.filter(kind="exchange_difference").count() == 1


# --- Pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_an_accountant_sets_the_feed_up_accepts_a_jump_and_posts_the_difference(client_for, feed, cashier):
    office, address = client_for("accountant"), "/billing/rates/feed/"
    facts = {"form": "json", "field": "data.average", "source": "NBC", "percent": "1.5"}
    assert office.post(address, once(**facts, url="ftp://x.example/")).status_code == 422
    assert office.post(address, once(**facts, url=feed.address, is_active="on")).status_code == 302
    assert "data.average" in office.get(address).content.decode()
    with clock.freeze(now() - timedelta(days=1)):
        exchanged(cashier, 4000)
    feed.says(4200)
    proposal = fetch_rate()
    page = office.get("/billing/rates/").content.decode()
    assert "4,200" in page
    assert office.post(f"/billing/rates/proposals/{proposal.pk}/accept/", once()).status_code == 302
    assert "0.48" in office.get("/billing/rates/difference/").content.decode()
    assert office.post("/billing/rates/difference/", once()).status_code == 302
    assert "nothing to post" in office.get("/billing/rates/difference/").content.decode().lower()
    assert client_for("cashier").post(f"/billing/rates/proposals/{proposal.pk}/decline/", once()).status_code == 403
    assert office.post(f"/billing/rates/proposals/{proposal.pk}/decline/", once()).status_code == 409
