"""Rules of this room that a hospital may change."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.preferences import declare
from patients.preferences import refuse_format

declare(
    "crm.points_per_usd",
    default=Decimal(1),
    label=_("Points for one US dollar"),
    kind=Decimal,
    least=Decimal(0),
    most=Decimal(1000),
)
declare(
    "crm.card_format", default="C{number:08d}", label=_("Format of saving card numbers"), kind=str, check=refuse_format
)
