"""What of this room must agree with the ledger; see billing.queries.comparing."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from billing.models import Posting
from billing.queries.comparing import Disagreement, compare
from cashoffice.models import Deposit
from cashoffice.states import DepositStatus
from core.money import KHR, USD

ZERO = Decimal(0)


@compare(_("Cash on its way to the bank is that of deposits handed over"))
def cash_on_its_way() -> Iterator[Disagreement]:
    """The account of cash on its way holds exactly what was handed over and not confirmed."""
    under_way = Deposit.objects.filter(status=DepositStatus.HANDED_OVER).aggregate(usd=Sum("usd"), khr=Sum("khr"))
    rows = Posting.objects.filter(account__key="bank_transit").order_by().values("currency").annotate(sum=Sum("amount"))
    standing = {row["currency"]: row["sum"] for row in rows}
    for currency, name in ((USD, "usd"), (KHR, "khr")):
        ledger, elsewhere = standing.get(currency, ZERO), under_way[name] or ZERO
        if ledger != elsewhere:
            yield Disagreement(currency.value, None, ledger, elsewhere)
