"""Rules of this room that a hospital may change."""

from django.utils.translation import gettext_lazy as _

from core.preferences import declare

declare("pharmacy.pay_first", default=True, label=_("Outpatients pay before medicines are handed over"), kind=bool)
declare("pharmacy.reservation_minutes", default=240, label=_("Minutes prepared medicines stay reserved"), kind=int)
declare("pharmacy.prescription_valid_days", default=30, label=_("Days a prescription may be dispensed"), kind=int)
declare(
    "pharmacy.adjustment_approval_above",
    default=20,
    label=_("Stock adjustments above this many units need another person's approval"),
    kind=int,
)
declare("pharmacy.expiring_days", default=90, label=_("Days before expiry from which stock is listed"), kind=int)
