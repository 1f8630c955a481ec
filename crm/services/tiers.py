"""Tiers: the hospital's own steps and discounts."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.models import lock_current
from crm.models import Tier
from hospitals.services.starting import in_three_languages

DEFAULTS = [
    ("bronze", pgettext_lazy("tier", "Bronze"), Decimal(0), Decimal(0)),
    ("silver", pgettext_lazy("tier", "Silver"), Decimal(1000), Decimal("0.05")),
    ("gold", pgettext_lazy("tier", "Gold"), Decimal(5000), Decimal("0.10")),
    ("platinum", pgettext_lazy("tier", "Platinum"), Decimal(10000), Decimal("0.15")),
]


def load_default_tiers() -> int:
    """Give a new hospital the four usual tiers; does nothing when it has any. Returns how many were made."""
    if Tier.objects.exists():
        return 0
    rows = [
        Tier(code=code, threshold=threshold, rate=rate, **in_three_languages("name", name))
        for code, name, threshold, rate in DEFAULTS
    ]
    return len(Tier.objects.bulk_create(rows))


@transaction.atomic
def change_tier(*, tier: Tier, version: int, by: User, **details: Any) -> Tier:
    """Change a tier; invoices already issued keep their discount. Raises core.errors.RecordChanged."""
    stored = lock_current(Tier, tier.pk, version)
    for name, value in details.items():
        setattr(stored, name, value)
    stored.touch_version()
    stored.save()
    return stored


@transaction.atomic
def add_tier(*, by: User, **details: Any) -> Tier:
    """Add a step between or above the others."""
    return Tier.objects.create(**details)
