"""Which posting of the ledger a line of a statement is: found by the program, or said by a person."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Branch
from billing.errors import ReasonMissing
from billing.models import Account, Entry, EntryKind, Posting
from billing.services import journal
from cashoffice.errors import MatchTaken, MatchUnfit, NothingLeft, PartUnfit, PostedElsewhere, StatementAccepted
from cashoffice.fees import FEES, kept_of
from cashoffice.matching import SURE, pairs
from cashoffice.models import Clearing, Match, Statement, StatementLine
from cashoffice.queries.offers import near_offers, postings_of, wanted
from cashoffice.queries.statements import free_postings, lines_of
from core.clock import now
from core.ids import new_id

# What a line without a posting is, and the account on the other side.
PURPOSES = {
    "fee": FEES,
    "card": "card",
    "khqr": "khqr",
    "stripe": "stripe",
    "unknown": "unknown_receipts",
    "income": "other_income",
}


@transaction.atomic
def match_automatically(*, statement: Statement, by: Any) -> int:
    """Match every line that is surely one posting; returns how many. What is less sure is left to a person."""
    statement = _lock(statement)
    lines = [line for line in lines_of(statement, exceptions=True) if not line.matched]
    near = near_offers(statement)
    found = pairs([wanted(line) for line in lines], near.candidates)
    sure = [pair for pair in found if pair.confidence >= SURE]
    by_key = {line.pk: line for line in lines}
    for pair in sure:
        for posting in postings_of([near.shown[pair.posting]]):
            _match(by_key[pair.line], posting, confidence=pair.confidence, matched_by=by)
    return len(sure)


@transaction.atomic
def match_by_hand(
    *,
    line: StatementLine,
    postings: Sequence[Posting],
    in_parts: bool = False,
    fee_at: Branch | None = None,
    by: Any,
) -> StatementLine:
    """Say which postings a line is: one, or several that it pays together, or a part of one that the bank split.

    `fee_at`: bank or provider kept what the postings are larger than the line; it is posted as a fee of this branch.
    Raises StatementAccepted, MatchTaken, MatchUnfit, PartUnfit, NothingLeft, NoFee, FeeTooLarge, DayClosed.
    """
    line = _lock_line(line)
    if line.is_matched:
        raise NothingLeft()
    statement = line.statement
    keys = [posting.pk for posting in postings]
    known = Posting.objects.filter(pk__in=keys, account=statement.account_id, currency=line.currency)
    if not keys or known.count() < len(keys):
        raise MatchUnfit()
    free = list(free_postings(statement).filter(pk__in=keys).order_by("pk"))
    if len(free) < len(keys):
        raise MatchTaken()
    if in_parts:
        free[0].rest = _part(line, free)
    if fee_at:
        kept_of([one.rest for one in free], line.rest_money)
    for posting in free:
        _match(line, posting, is_manual=True, matched_by=by)
    return post_line(line=line, purpose="fee", branch=fee_at, by=by) if fee_at else line


def _part(line: StatementLine, postings: Sequence[Any]) -> Decimal:
    """What is left of the line, as a part of one larger posting."""
    left = line.amount - line.matched
    if len(postings) != 1 or left * postings[0].rest < 0 or abs(left) >= abs(postings[0].rest):
        raise PartUnfit()
    return left


def _match(line: StatementLine, posting: Any, **facts: Any) -> None:
    """The line is the `rest` of the posting, which is mostly all of it."""
    part = None if posting.rest == posting.amount else posting.rest
    Match.objects.create(line=line, posting=posting, amount=part, **facts)
    _add(line, posting.rest)


@transaction.atomic
def undo_match(*, match: Match, reason: str, by: Any) -> Match:
    """Part a line and a posting again; the match stays readable. What the line itself posted is reversed.

    Raises ReasonMissing, StatementAccepted, PostedElsewhere, DayClosed.
    """
    if not reason.strip():
        raise ReasonMissing()
    lock_accounts(match.posting.entry)
    line = _lock_line(match.line)
    matches = Match.objects.select_for_update(of=("self",), no_key=True).select_related("posting__entry")
    match = matches.get(pk=match.pk)
    if match.undone_at is None:
        entry = _posted_for(match)
        match.undone_at, match.undone_by, match.undo_reason = now(), by, reason
        match.save(update_fields=["undone_at", "undone_by", "undo_reason", "updated_at"])
        _add(line, -match.money.amount)
        if entry:
            journal.reverse(entry=entry, kind=EntryKind.STATEMENT_UNDONE, source_id=match.pk, by=by)
    return match


def _posted_for(match: Match) -> Entry | None:
    """The entry that was posted for this match; None where its posting is another event's. Raises PostedElsewhere."""
    if not match.posted_itself:
        return None
    entry = match.posting.entry
    others = entry.postings.exclude(pk=match.posting_id)
    cleared = Clearing.objects.filter(Q(receipt__in=others) | Q(against__in=others), undone_at__isnull=True)
    if cleared.exists() or Match.objects.filter(posting__in=others, undone_at__isnull=True).exists():
        raise PostedElsewhere()
    return entry


@transaction.atomic
def post_line(*, line: StatementLine, purpose: str, branch: Branch, by: Any) -> StatementLine:
    """Post what is left of a line: fees, takings of terminal, KHQR or Stripe that arrive, a receipt nobody knows yet.

    Raises NothingLeft, StatementAccepted, DayClosed.
    """
    line = _lock_line(line)
    left = line.amount - line.matched
    if not left:
        raise NothingLeft()
    account = line.statement.account
    other = PURPOSES[purpose]
    if other == account.key:
        raise MatchUnfit()
    key = new_id()
    sides = [journal.Side(account.key, line.currency, left), journal.Side(other, line.currency, -left)]
    entry = journal.post(kind=EntryKind.STATEMENT_LINE, source_id=key, sides=sides, branch_id=branch.pk, by=by)
    posting = Posting.objects.get(entry=entry, account=account)
    Match.objects.create(id=key, line=line, posting=posting, is_manual=True, matched_by=by)
    _add(line, posting.amount)
    return line


def lock_accounts(entry: Entry) -> None:
    """All accounts of an entry at once: whatever explains a posting of them holds its account."""
    accounts = Account.objects.filter(pk__in=entry.postings.values("account"))
    list(accounts.select_for_update(no_key=True).order_by("pk"))


def _lock(statement: Statement) -> Statement:
    """The account first: two statements of it never reach for the same posting at once."""
    Account.objects.select_for_update(no_key=True).get(pk=statement.account_id)
    statement = (
        Statement.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=statement.pk)
    )
    if not statement.is_open:
        raise StatementAccepted()
    return statement


def _lock_line(line: StatementLine) -> StatementLine:
    """The statement before its line: matching, posting and accepting come one after the other."""
    statement = _lock(line.statement)
    line = StatementLine.objects.select_for_update(of=("self",), no_key=True).get(pk=line.pk)
    line.statement = statement
    return line


def _add(line: StatementLine, amount: Decimal) -> None:
    line.matched += amount
    line.save(update_fields=["matched", "updated_at"])
