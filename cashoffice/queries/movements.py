"""Money that moved, event by event and account by account, read from the ledger: for reports of shifts and days."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from billing.models import Account, EntryKind, Posting, Shift
from core.money import Currency, Money

ZERO = Decimal(0)
BESIDE_THE_DRAWER = ("rounding", "exchange", "over_short")
ORDER = {kind: place for place, kind in enumerate([
    EntryKind.SHIFT_OPENED, EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.CASH_VOUCHER, EntryKind.CASH_TRANSFER,
])}  # fmt: skip


@dataclass(frozen=True)
class Movement:
    """What events of one kind brought to an account and took from it, in one currency. `count`: of the events."""

    kind: str
    account: str
    currency: str
    gained: Decimal
    lost: Decimal
    count: int

    @property
    def kind_label(self) -> str:
        return str(EntryKind(self.kind).label)

    @property
    def gained_money(self) -> Money:
        return Money(self.gained, self.currency)

    @property
    def lost_money(self) -> Money:
        return Money(self.lost, self.currency)

    @property
    def is_cash(self) -> bool:
        return self.account == "drawer"

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "gained": str(self.gained), "lost": str(self.lost)}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Movement":
        return cls(**{**row, "gained": Decimal(row["gained"]), "lost": Decimal(row["lost"])})


def movements_of(shift: Shift) -> list[Movement]:
    """What moved in a shift, the emptying of its drawer left out: drawer, card, bank and KHQR, rounding, exchange."""
    own = Posting.objects.filter(shift=shift).exclude(entry__kind=EntryKind.SHIFT_CLOSED)
    beside = Posting.objects.filter(entry__shift=shift, account__key__in=BESIDE_THE_DRAWER, shift__isnull=True)
    return sorted([*summed(own), *summed(beside)], key=_place)


def summed(postings: QuerySet[Posting]) -> list[Movement]:
    """The postings by kind of event, account and currency."""
    rows = postings.order_by().values("entry__kind", "account", "currency").annotate(
        gained=Sum("amount", filter=Q(amount__gt=0)),
        lost=Sum("amount", filter=Q(amount__lt=0)),
        count=Count("entry", distinct=True),
    )  # fmt: skip
    keys = dict(Account.objects.values_list("pk", "key"))
    found = [
        Movement(
            row["entry__kind"], keys[row["account"]], row["currency"], row["gained"] or ZERO, -(row["lost"] or ZERO),
            row["count"],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=_place)


def _place(movement: Movement) -> tuple[Any, ...]:
    return ORDER.get(EntryKind(movement.kind), len(ORDER)), movement.kind, movement.account, movement.currency != "USD"


def expected_cash(movements: Iterable[Movement]) -> dict[str, Decimal]:
    """What must lie in the drawer by currency."""
    sums = dict.fromkeys(Currency.values, ZERO)
    for movement in movements:
        if movement.is_cash:
            sums[movement.currency] += movement.gained - movement.lost
    return sums


def account_names() -> dict[str, str]:
    """Accounts by key, as the hospital calls them in the reader's language."""
    return {account.key: account.name for account in Account.objects.all()}
