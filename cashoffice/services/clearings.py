"""Explaining receipts that came without saying what they were: by what the ledger knows since, or as sent back."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Abs

from billing.errors import ReasonMissing
from billing.models import EntryKind, Posting
from billing.services import journal
from cashoffice.errors import MatchTaken, MoreThanOpen, NoFee, ReceiptUnfit
from cashoffice.fees import FEES, kept_of, largest
from cashoffice.matching import likeness
from cashoffice.models import Clearing, Match
from cashoffice.queries.offers import offers, wanted
from cashoffice.queries.statements import free_postings
from cashoffice.queries.unknown import UNKNOWN, UnknownReceipt, receipts_of, visible_unknown
from cashoffice.services.matches import lock_accounts
from core.clock import now
from core.ids import new_id

MOST = 500  # postings that are weighed for one receipt


@transaction.atomic
def clear_receipt(*, receipt: Posting, against: Sequence[Posting], with_fee: bool = False, by: Any) -> list[Clearing]:
    """Say what an unknown receipt was: postings that are the same money, or lines by which it was sent back.

    `with_fee`: bank or provider kept what the postings are larger than what is open; it is posted as their fee.
    Raises ReceiptUnfit, MatchTaken, MoreThanOpen, NoFee, FeeTooLarge, DayClosed.
    """
    lock_accounts(receipt.entry)
    standing = receipts_of(list(visible_unknown(by, everything=True).filter(pk=receipt.pk)))
    if not standing:
        raise ReceiptUnfit()
    found = standing[0]
    keys = [one.pk for one in against]
    chosen = list(_may_be(found).filter(pk__in=keys).order_by("pk"))
    if not chosen or len(chosen) < len(keys):
        raise _why_not(keys)
    fees = _fees(found, chosen) if with_fee else [Decimal(0)] * len(chosen)
    if abs(sum((one.amount for one in chosen), Decimal(0)) - sum(fees)) > abs(found.still):
        raise MoreThanOpen()
    return [_clear(found, one, fee, by) for one, fee in zip(chosen, fees, strict=True)]


def _fees(receipt: UnknownReceipt, payments: Sequence[Posting]) -> list[Decimal]:
    """What was kept of each; of money that was sent back nothing was."""
    if any(one.account_id == receipt.posting.account_id for one in payments):
        raise NoFee()
    return kept_of([one.amount for one in payments], receipt.open_money)


@transaction.atomic
def undo_clearing(*, clearing: Clearing, reason: str, by: Any) -> Clearing:
    """Open a receipt again; the explanation stays readable, its entry is reversed. Raises ReasonMissing, DayClosed."""
    if not reason.strip():
        raise ReasonMissing()
    lock_accounts(clearing.receipt.entry)
    clearing = Clearing.objects.select_for_update(of=("self",), no_key=True).get(pk=clearing.pk)
    if clearing.undone_at is None:
        clearing.undone_at, clearing.undone_by, clearing.undo_reason = now(), by, reason
        clearing.save(update_fields=["undone_at", "undone_by", "undo_reason", "updated_at"])
        if clearing.entry:
            journal.reverse(entry=clearing.entry, kind=EntryKind.RECEIPT_REOPENED, source_id=clearing.pk, by=by)
    return clearing


def explanations(receipt: UnknownReceipt) -> list[tuple[Any, int]]:
    """Postings a receipt may be, or several together, with their likeness; the likeliest first.

    They are larger than what is open by a fee at most.
    """
    worth, still = Abs("amount"), abs(receipt.still)
    is_one = Q(worth__lte=still) | Q(worth__lte=largest(receipt.still), account=receipt.line.statement.account_id)
    fitting = _may_be(receipt).annotate(worth=worth, off=Abs(worth - still)).filter(is_one)
    postings = list(fitting.order_by("off", "-date", "-pk")[:MOST])
    ranked = offers(postings).ranked(partial(likeness, wanted(receipt.line)), receipt.line.date)
    return [pair for pair in ranked if abs(pair[0].rest) <= max(still, largest(receipt.still))]


def _may_be(receipt: UnknownReceipt) -> QuerySet[Posting]:
    """Free postings of the statement's account in the receipt's direction, and lines that go the other way, whole."""
    statement = receipt.line.statement
    sent_back = visible_unknown(None).filter(
        still=-F("amount"), entry__postings__account=statement.account_id, currency=statement.currency
    )
    untouched = free_postings(statement).filter(rest=F("amount"))
    either = Q(pk__in=untouched.values("pk")) | Q(pk__in=sent_back.values("pk"))
    way = Q(amount__gt=0) if receipt.posting.amount < 0 else Q(amount__lt=0)
    postings = Posting.objects.filter(either, way).annotate(rest=F("amount"))
    return postings.select_related("entry__payment", "entry__invoice", "account")


def _why_not(keys: Sequence[Any]) -> MatchTaken | ReceiptUnfit:
    cleared = Clearing.objects.filter(Q(against__in=keys) | Q(receipt__in=keys), undone_at__isnull=True)
    matched = Match.objects.filter(posting__in=keys, undone_at__isnull=True)
    return MatchTaken() if cleared.exists() or matched.exists() else ReceiptUnfit()


def _clear(receipt: UnknownReceipt, against: Posting, fee: Decimal, by: Any) -> Clearing:
    """One explanation; the money leaves the account where it stood twice, at the rate at which it came, the fee too."""
    key, came = new_id(), receipt.posting
    entry = None
    if against.account_id != came.account_id:
        sides = [
            journal.Side(UNKNOWN, came.currency, against.amount - fee),
            journal.Side(FEES, came.currency, fee),
            journal.Side(against.account.key, came.currency, -against.amount),
        ]
        entry = journal.post(
            kind=EntryKind.RECEIPT_CLEARED,
            source_id=key,
            sides=sides,
            branch_id=came.entry.branch_id,
            by=by,
            rate=came.entry.rate,
        )
    return Clearing.objects.create(
        id=key, receipt=came, against=against, amount=against.amount - fee, fee=fee, entry=entry, cleared_by=by
    )
