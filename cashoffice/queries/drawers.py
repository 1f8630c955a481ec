"""What lies in the drawer of a running shift, as the ledger has it."""

from decimal import Decimal

from django.db.models import Sum

from billing.models import Shift
from billing.queries.ledger import shift_expectation
from cashoffice.models import Transfer
from cashoffice.states import TransferStatus
from core.money import KHR, USD, Currency


def in_drawer(shift: Shift) -> dict[Currency, Decimal]:
    """What may still leave the drawer by currency: what the ledger expects, less what is promised to others."""
    promised = Transfer.objects.filter(sender=shift, status=TransferStatus.SENT).aggregate(
        usd=Sum("usd"), khr=Sum("khr")
    )
    expected = shift_expectation(shift)
    return {
        USD: expected[USD] - (promised["usd"] or Decimal(0)),
        KHR: expected[KHR] - (promised["khr"] or Decimal(0)),
    }
