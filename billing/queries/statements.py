"""The account of a patient or a family: every posting to what they owe, with what was owed after it, by currency."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from billing.models import DepositAccount, Posting
from core.money import Money
from patients.models import Patient


@dataclass(frozen=True)
class StatementRow:
    """One posting to what is owed: the event, its document, and what was owed in this currency afterwards."""

    posting: Posting
    document: str
    money: Money
    owed: Money


def statement_rows(patients: Iterable[Patient], *, at: datetime.datetime) -> list[StatementRow]:
    """Everything posted until a moment to what these patients owe, oldest first: from the ledger in one query."""
    postings = Posting.objects.filter(account__key="receivable", entry__invoice__patient__in=list(patients))
    postings = postings.filter(created_at__lte=at)
    owed: dict[str, Decimal] = defaultdict(Decimal)
    rows = []
    for posting in postings.select_related("entry__invoice", "entry__payment").order_by("id"):
        owed[posting.currency] += posting.amount
        document = posting.entry.payment or posting.entry.invoice
        rows.append(
            StatementRow(posting, str(document), posting.money, Money(owed[posting.currency], posting.currency))
        )
    return rows


def owed_now(rows: Iterable[StatementRow]) -> list[Money]:
    """What is owed at the end, by currency."""
    return list({row.owed.currency: row.owed for row in rows}.values())


def held_then(patients: Iterable[Patient], at: datetime.datetime) -> list[Money]:
    """Deposits of these patients and their families, as they stood at a moment."""
    people = list(patients)
    mine = Q(patient__in=people) | Q(family__in=[one.family_id for one in people])
    held = Sum("moves__amount", filter=Q(moves__created_at__lte=at))
    accounts = DepositAccount.objects.filter(mine).annotate(held=held).filter(held__gt=0)
    return [Money(account.held, account.currency) for account in accounts.order_by("-currency", "pk")]
