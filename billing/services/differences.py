"""Gain and loss of exchanging: what the exchange account is worth at today's rate is moved to its own account.

Where riel pay a debt in dollars, the exchange account takes the dollars in and gives the riel out, at the rate of that
invoice. Its two sides balance then. When the rate changes they no longer do: the riel that came in are worth more or
less than the dollars they stood for. That difference is the gain (a credit) or the loss (a debit).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from accounts.models import Branch
from billing import pricing
from billing.errors import NoDifference
from billing.models import Entry, EntryKind, Posting
from billing.queries.catalogue import current_rate
from billing.services import journal
from core.db.locks import take_turns
from core.ids import new_id
from core.money import Currency, Money
from core.preferences import preference


@dataclass(frozen=True)
class Difference:
    """What stands on a branch's exchange account by currency, and what that comes to at the rate: below zero a gain."""

    branch: Branch
    sums: dict[str, Decimal]
    rate: Decimal
    worth: Money

    @property
    def is_gain(self) -> bool:
        return self.worth.amount < 0

    @property
    def size(self) -> Money:
        return abs(self.worth)


def exchange_differences() -> list[Difference]:
    """Of every branch whose exchange account is worth something at today's rate. Raises RateMissing."""
    rate, base = current_rate().riel_per_dollar, preference("billing.base_currency")
    rows = Posting.objects.filter(account__key=journal.EXCHANGE).order_by("entry__branch", "currency")
    found: dict[Any, dict[str, Decimal]] = {}
    for row in rows.values("entry__branch", "currency").annotate(sum=Sum("amount")):
        sums = found.setdefault(row["entry__branch"], dict.fromkeys(Currency.values, Decimal(0)))
        sums[row["currency"]] = row["sum"]
    branches = Branch.objects.in_bulk(found)
    worths = {pk: pricing.worth_together(sums, base=base, rate=rate) for pk, sums in found.items()}
    return [Difference(branches[pk], found[pk], rate, worth) for pk, worth in worths.items() if worth]


@transaction.atomic
def post_differences(*, by: Any) -> list[Entry]:
    """Move what the exchange accounts are worth to gain and loss, by branch. Raises NoDifference, RateMissing."""
    take_turns("exchange")  # two people who press at once come one after another
    found = exchange_differences()
    if not found:
        raise NoDifference()
    entries = []
    for one in found:
        currency, worth = one.worth.currency, one.worth.amount
        entries.append(
            journal.post(
                kind=EntryKind.EXCHANGE_DIFFERENCE,
                source_id=new_id(),
                sides=[
                    journal.Side(journal.EXCHANGE, currency, -worth),
                    journal.Side(journal.EXCHANGE_DIFFERENCE, currency, worth),
                ],
                branch_id=one.branch.pk,
                by=by,
                rate=one.rate,
            )
        )
    return [entry for entry in entries if entry]
