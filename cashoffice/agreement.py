"""What of this room must agree with the ledger; see billing.queries.comparing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.models import Entry, Posting
from billing.queries.comparing import Disagreement, compare, differing
from cashoffice.models import Deposit, Match, Statement, StatementLine
from cashoffice.queries.unknown import UNKNOWN, visible_unknown
from cashoffice.states import DepositStatus, StatementStatus
from core.money import Currency

ZERO = Decimal(0)


@compare(_("Cash on its way to the bank is that of deposits handed over"))
def cash_on_its_way() -> Iterator[Disagreement]:
    """The account of cash on its way holds exactly what was handed over and not confirmed."""
    under_way = Deposit.objects.filter(status=DepositStatus.HANDED_OVER).aggregate(USD=Sum("usd"), KHR=Sum("khr"))
    yield from _standing("bank_transit", under_way)


@compare(_("Receipts not yet explained are the open ones"))
def unknown_receipts_open() -> Iterator[Disagreement]:
    """The account of unknown receipts (a liability: below zero) holds exactly what is still open of each."""
    rows = visible_unknown(None).order_by().values_list("currency").annotate(sum=Sum(-F("still")))
    yield from _standing(UNKNOWN, dict(rows))


@compare(_("Lines of accepted statements are their postings"))
def statement_lines_posted() -> Iterator[Disagreement]:
    """Each line of an accepted statement, and what was matched with it on the statement's account in the ledger."""
    lines = StatementLine.objects.filter(statement__status=StatementStatus.ACCEPTED)
    matches = Match.objects.filter(
        line__in=lines, undone_at__isnull=True, posting__account=F("line__statement__account")
    )
    found = list(
        differing(
            matches.values_list("line", "posting__currency", Coalesce("amount", "posting__amount")),
            lines.values_list("pk", "currency", "amount"),
            entries="postings__matches__line",
        )
    )
    known = lines.select_related("statement__account").in_bulk([one.record for one in found])
    names = {str(pk): f"{line.statement} ({line.position})" for pk, line in known.items()}
    for one in found:
        yield replace(one, record=names.get(one.record, one.record))


@compare(_("Closing balances of accepted statements follow from their lines"))
def statements_add_up() -> Iterator[Disagreement]:
    """Opening balance and lines, with those an earlier file brought, and the closing balance the bank names."""
    accepted = Statement.objects.filter(status=StatementStatus.ACCEPTED, closing__isnull=False)
    follows = F("opening") + F("left_out_sum") + Coalesce(Sum("lines__amount"), ZERO)
    known = accepted.annotate(follows=follows).filter(follows__isnull=False).select_related("account")
    for one in known.exclude(follows=F("closing")):
        entries = Entry.objects.filter(postings__matches__line__statement=one).order_by("-pk")
        yield Disagreement(str(one), entries.values_list("pk", flat=True).first(), one.follows, one.closing or ZERO)


def _standing(key: str, elsewhere: Mapping[str, Decimal | None]) -> Iterator[Disagreement]:
    """Currencies in which an account does not hold what is kept elsewhere, with the last entry that moved it."""
    postings = Posting.objects.filter(account__key=key).order_by()
    standing = dict(postings.values_list("currency").annotate(sum=Sum("amount")))
    for currency in Currency.values:
        ledger, other = standing.get(currency, ZERO), elsewhere.get(currency) or ZERO
        if ledger != other:
            last = postings.filter(currency=currency).order_by("-pk").values_list("entry", flat=True).first()
            yield Disagreement(currency, last, ledger, other)
