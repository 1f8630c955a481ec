"""What every taking of money checks about the parts it is made of."""

from collections.abc import Sequence

from billing.errors import TenderEmpty, TenderInvalid, TenderNotNotes
from billing.models import Method
from billing.pricing import Paid
from core.money import USD, Currency, fits


def check_tenders(tenders: Sequence[Paid]) -> None:
    """Raises TenderEmpty, TenderInvalid, TenderNotNotes."""
    if not tenders:
        raise TenderEmpty()
    for part in tenders:
        known = part.method in Method.values and part.currency in Currency.values
        if not known or part.amount <= 0 or not fits(part.amount, part.currency):
            raise TenderInvalid()
        if part.is_cash and part.amount % (1 if part.currency == USD else 100):
            raise TenderNotNotes()
