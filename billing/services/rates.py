"""Exchange rates: dated, with their source, never edited."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import RateInvalid
from billing.models import ExchangeRate
from core.clock import today


@transaction.atomic
def set_rate(
    *, riel_per_dollar: Decimal, source: str, effective_on: datetime.date | None = None, by: Any = None
) -> ExchangeRate:
    """Write down riel for one dollar from a day (today) on. Issued invoices keep theirs. Raises RateInvalid."""
    if riel_per_dollar <= 0:
        raise RateInvalid()
    return ExchangeRate.objects.create(
        riel_per_dollar=riel_per_dollar, source=source, effective_on=effective_on or today(), set_by=by
    )
