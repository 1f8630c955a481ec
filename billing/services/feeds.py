"""The daily rate: fetched, read, found plausible or put before a person. A rate set by hand for the day stays."""

import csv
import io
import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from billing import pricing
from billing.errors import ProposalDecided
from billing.models import ExchangeRate, RateFeed, RateProposal
from billing.queries.catalogue import latest_rate
from billing.services.rates import set_rate
from billing.services.transitions import move
from billing.states import PROPOSAL_FLOW
from core import fetching
from core.clock import now, today
from core.fetching import Unreachable

LEAST, MOST = Decimal(1_000), Decimal(10_000)  # riel for a dollar: anything else is no rate of ours


class FeedBroken(Exception):
    """What the address answered holds no rate where it should stand."""


@transaction.atomic
def save_feed(*, by: Any, **facts: Any) -> RateFeed:
    feed = RateFeed.objects.select_for_update(of=("self",), no_key=True).first() or RateFeed()
    for name, value in facts.items():
        setattr(feed, name, value)
    feed.save()
    return feed


def fetch_rate() -> ExchangeRate | RateProposal | None:
    """Ask the feed and take its rate for today, or put it before a person; None where nothing is new.

    Why nothing came is kept with the feed. The address is asked outside any transaction.
    """
    feed = RateFeed.objects.filter(is_active=True).first()
    if feed is None:
        return None
    try:
        value, problem = read_rate(fetching.get_text(feed.url), feed.form, feed.field), ""
    except (Unreachable, FeedBroken) as error:
        value, problem = None, str(error)[:200]
    RateFeed.objects.filter(pk=feed.pk).update(asked_at=now(), problem=problem)
    return None if value is None else take_rate(value, feed=feed)


@transaction.atomic
def take_rate(value: Decimal, *, feed: RateFeed) -> ExchangeRate | RateProposal | None:
    """Take a published rate for today, once. A rate that a person set for today is left alone."""
    RateFeed.objects.select_for_update(of=("self",), no_key=True).get(pk=feed.pk)  # two jobs come one after another
    current = latest_rate()
    if current and current.effective_on == today() and (current.set_by_id or current.riel_per_dollar == value):
        return None
    if current and pricing.change_percent(current.riel_per_dollar, value) > feed.percent:
        proposal, made = RateProposal.objects.get_or_create(
            effective_on=today(),
            riel_per_dollar=value,
            defaults={"compared_with": current.riel_per_dollar, "source": feed.source},
        )
        return proposal if made else None
    return set_rate(riel_per_dollar=value, source=feed.source)


@transaction.atomic
def accept_proposal(*, proposal: RateProposal, by: Any) -> RateProposal:
    """Let a rate count from today on; who accepts it has set it. Raises ProposalDecided."""
    proposal = _lock(proposal)
    rate = set_rate(riel_per_dollar=proposal.riel_per_dollar, source=proposal.source, by=by)
    move(proposal, flow=PROPOSAL_FLOW, verb="accept", by=by, decided_by=by, rate=rate)
    return proposal


@transaction.atomic
def decline_proposal(*, proposal: RateProposal, by: Any) -> RateProposal:
    """Leave the rate as it is. Raises ProposalDecided."""
    proposal = _lock(proposal)
    move(proposal, flow=PROPOSAL_FLOW, verb="decline", by=by, decided_by=by)
    return proposal


def read_rate(text: str, form: str, field: str) -> Decimal:
    """The rate in an answer, to two decimals. Raises FeedBroken."""
    found = _in_json(text, field) if form == RateFeed.Form.JSON else _in_csv(text, field)
    if isinstance(found, bool) or not isinstance(found, str | int | float | Decimal):
        raise FeedBroken("no number where the rate should stand")
    try:
        value = Decimal(str(found).replace(",", "").strip()).quantize(Decimal("0.01"))
    except InvalidOperation as problem:
        raise FeedBroken("no number where the rate should stand") from problem
    if not value.is_finite() or not LEAST <= value <= MOST:
        raise FeedBroken("the number is no rate of riel for a dollar")
    return value


def _in_json(text: str, field: str) -> Any:
    try:
        found = json.loads(text, parse_float=Decimal)
        for name in field.split("."):
            found = found[int(name)] if isinstance(found, list) else found[name]
    except (ValueError, KeyError, IndexError, TypeError) as problem:
        raise FeedBroken("the answer has no such field") from problem
    return found


def _in_csv(text: str, field: str) -> Any:
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
        return rows[-1][field]
    except (csv.Error, IndexError, KeyError) as problem:
        raise FeedBroken("the answer has no such column") from problem


def _lock(proposal: RateProposal) -> RateProposal:
    proposal = RateProposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    if not proposal.is_waiting:
        raise ProposalDecided()
    return proposal
