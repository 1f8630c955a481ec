"""What of this room must agree with the ledger; see billing.queries.comparing."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from billing.models import Posting
from billing.queries.comparing import Disagreement, compare
from cashoffice.models import Deposit
from cashoffice.queries.unknown import UNKNOWN, visible_unknown
from cashoffice.states import DepositStatus
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


def _standing(key: str, elsewhere: Mapping[str, Decimal | None]) -> Iterator[Disagreement]:
    """Currencies in which an account does not hold what is kept elsewhere."""
    rows = Posting.objects.filter(account__key=key).order_by().values_list("currency").annotate(sum=Sum("amount"))
    standing = dict(rows)
    for currency in Currency.values:
        ledger, other = standing.get(currency, ZERO), elsewhere.get(currency) or ZERO
        if ledger != other:
            yield Disagreement(currency, None, ledger, other)
