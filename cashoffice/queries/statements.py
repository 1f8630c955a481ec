"""Reading statements: their lines, what of the ledger they may be, and both balances side by side."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import EntryKind, Posting
from cashoffice.models import Clearing, Match, Statement, StatementLine
from core.money import Money

ZERO = Decimal(0)
# What this room posts to correct the account: never a movement of the bank.
CORRECTIONS = Q(
    entry__kind__in=[EntryKind.STATEMENT_UNDONE, EntryKind.RECEIPT_CLEARED, EntryKind.RECEIPT_REOPENED]
) | Q(entry__kind=EntryKind.STATEMENT_LINE, entry__reversed_by__isnull=False)


def visible_statements(user: Any) -> QuerySet[Statement]:
    """All statements, newest first: whoever sees statements sees all of them."""
    return Statement.objects.select_related("account", "imported_by", "accepted_by").order_by("-id")


def statements_open(user: Any) -> int:
    """How many statements are not accepted yet: for the menu."""
    return Statement.objects.filter(status="open").count()


def lines_of(statement: Statement, *, exceptions: bool = False) -> QuerySet[StatementLine]:
    """The lines in the file's order; only those that are not explained yet when asked for."""
    lines = statement.lines.order_by("position")
    return lines.exclude(amount=F("matched")) if exceptions else lines


def unmatched_postings(statement: Statement) -> QuerySet[Any]:
    """Postings of the statement's account and currency that no line is, with what is the `rest` of those in parts."""
    live = Match.objects.filter(posting=OuterRef("pk"), undone_at__isnull=True)
    parts = live.filter(amount__isnull=False).order_by().values("posting").annotate(sum=Sum("amount")).values("sum")
    postings = Posting.objects.filter(account=statement.account_id, currency=statement.currency)
    postings = postings.filter(~Exists(live.filter(amount__isnull=True)))
    return postings.annotate(rest=F("amount") - Coalesce(Subquery(parts), ZERO)).exclude(rest=0)


def free_postings(statement: Statement) -> QuerySet[Any]:
    """Those of them that a line or a receipt may be: what was taken back or cleared is none, nor what undoes it."""
    cleared = Clearing.objects.filter(against=OuterRef("pk"), undone_at__isnull=True)
    postings = unmatched_postings(statement).filter(~Exists(cleared)).exclude(CORRECTIONS)
    return postings.select_related("entry__payment", "entry__invoice", "entry__shift")


def live_matches(line: StatementLine) -> QuerySet[Match]:
    matches = Match.objects.filter(line=line, undone_at__isnull=True)
    return matches.select_related("posting__entry__payment", "posting__entry__invoice", "matched_by").order_by("id")


def explainers(statement: Statement) -> set[UUID]:
    """Who said by hand what lines of it are: they matched or posted them, or cleared what was posted for them."""
    live = Match.objects.filter(line__statement=statement, undone_at__isnull=True)
    posted_for = Q(receipt__entry__source_id__in=live.values("pk")) | Q(against__entry__source_id__in=live.values("pk"))
    cleared = Clearing.objects.filter(posted_for, undone_at__isnull=True)
    by_hand = live.filter(is_manual=True).order_by().values_list("matched_by", flat=True)
    return set(by_hand.union(cleared.order_by().values_list("cleared_by", flat=True)))


def adds_up(statement: Statement) -> bool:
    """Whether the lines, with those that an earlier file brought, lead from the opening to the closing balance."""
    if statement.opening is None or statement.closing is None or statement.left_out_sum is None:
        return True
    lines = statement.lines.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return statement.opening + statement.left_out_sum + lines == statement.closing


@dataclass(frozen=True)
class Balances:
    """What the bank says at the end of the statement and what the ledger says at the end of that day.

    `unexplained` is the sum of lines the ledger does not know, `unseen` that of postings the bank does not know.
    """

    currency: str
    bank: Decimal | None
    ledger: Decimal
    unexplained: Decimal
    unseen: Decimal

    def money(self, name: str) -> Money:
        return Money(getattr(self, name), self.currency)

    @property
    def bank_money(self) -> Money | None:
        return None if self.bank is None else Money(self.bank, self.currency)

    @property
    def ledger_money(self) -> Money:
        return self.money("ledger")

    @property
    def unexplained_money(self) -> Money:
        return self.money("unexplained")

    @property
    def unseen_money(self) -> Money:
        return self.money("unseen")

    @property
    def difference_money(self) -> Money | None:
        return None if self.bank is None else Money(self.bank - self.ledger, self.currency)


def balances_of(statement: Statement) -> Balances:
    """Both balances at the statement's last day; three sums."""
    of_account = Posting.objects.filter(account=statement.account_id, currency=statement.currency)
    ledger = of_account.filter(date__lte=statement.until).aggregate(sum=Sum("amount"))["sum"]
    unseen = unmatched_postings(statement).filter(date__lte=statement.until).aggregate(sum=Sum("rest"))["sum"]
    unexplained = statement.lines.aggregate(sum=Sum(F("amount") - F("matched")))["sum"]
    return Balances(statement.currency, statement.closing, ledger or ZERO, unexplained or ZERO, unseen or ZERO)
