"""Receipts not yet explained: lines that were posted as unknown, and what of them is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from billing.models import EntryKind, Posting
from cashoffice.models import Clearing, Match, StatementLine
from core.clock import today
from core.money import Money

UNKNOWN = "unknown_receipts"
ZERO = Decimal(0)


@dataclass(frozen=True)
class UnknownReceipt:
    """A posting on the account of unknown receipts, and the line it was posted for.

    Amounts are the bank's: money in positive, money out negative.
    """

    posting: Posting
    line: StatementLine
    still: Decimal

    @property
    def money(self) -> Money:
        return -self.posting.money

    @property
    def open_money(self) -> Money:
        return Money(self.still, self.posting.currency)

    @property
    def days(self) -> int:
        """How old it is: since the bank's day."""
        return (today() - self.line.date).days


def visible_unknown(user: Any, *, everything: bool = False) -> QuerySet[Any]:
    """Unknown receipts, the oldest first, with what is `still` open; only open ones unless asked for everything.

    What a line posted as unknown and took back again is none.
    """
    live = Clearing.objects.filter(undone_at__isnull=True)
    cleared = live.filter(receipt=OuterRef("pk")).order_by().values("receipt").annotate(sum=Sum("amount")).values("sum")
    sent_back = Exists(live.filter(against=OuterRef("pk")))
    rest = -F("amount") - Coalesce(Subquery(cleared), ZERO)
    postings = Posting.objects.filter(
        account__key=UNKNOWN, entry__kind=EntryKind.STATEMENT_LINE, entry__reversed_by__isnull=True
    ).annotate(still=Case(When(sent_back, then=ZERO), default=rest))
    return (postings if everything else postings.exclude(still=0)).select_related("entry").order_by("pk")


def unknown_open(user: Any) -> int:
    """How many receipts are not explained yet."""
    return visible_unknown(user).count()


def receipts_of(postings: Sequence[Any]) -> list[UnknownReceipt]:
    """The postings with their lines; a line's first match bears the key its entry was posted for."""
    keys = [posting.entry.source_id for posting in postings]
    matches = Match.objects.select_related("line__statement__account").in_bulk(keys)
    return [UnknownReceipt(one, matches[one.entry.source_id].line, one.still) for one in postings]


def clearings_of(posting: Posting) -> QuerySet[Clearing]:
    """What explains a receipt now, and which it is itself the return of."""
    clearings = Clearing.objects.filter(Q(receipt=posting) | Q(against=posting), undone_at__isnull=True)
    return clearings.select_related(
        "receipt", "against__entry__payment", "against__entry__invoice", "against__account", "cleared_by"
    ).order_by("pk")
