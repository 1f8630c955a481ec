"""Entries of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from core import badges
from core.badges import Look
from core.menu import Entry, register
from pharmacy.queries.prescriptions import waiting_count
from pharmacy.queries.stock import adjustments_waiting

for _entry in (
    Entry(
        group="pharmacy",
        label=_("Prescriptions"),
        url_name="pharmacy:prescription-list",
        permission="dispense:view",
        icon="prescription",
        order=10,
        count=waiting_count,
        key="r",
    ),
    Entry(
        group="pharmacy",
        label=_("Stock"),
        url_name="pharmacy:stock-list",
        permission="stock:view",
        icon="packages",
        order=20,
    ),
    Entry(
        group="pharmacy",
        label=_("Stock adjustments"),
        url_name="pharmacy:adjustment-list",
        permission="stock:view",
        icon="adjustments",
        order=30,
        count=adjustments_waiting,
    ),
    Entry(
        group="pharmacy",
        label=_("Formulary"),
        url_name="pharmacy:medicine-list",
        permission="formulary:view",
        icon="pill",
        order=40,
    ),
):
    register(_entry)

badges.register(
    "stock_adjustment",
    {
        "requested": Look("amber", "hourglass"),
        "applied": Look("green", "check"),
        "refused": Look("grey", "circle-x"),
    },
)
badges.register(
    "interaction",
    {
        "contraindicated": Look("red", "ban"),
        "major": Look("red", "alert-triangle"),
        "moderate": Look("amber", "alert-circle"),
        "minor": Look("grey", "info-circle"),
    },
)
badges.register(
    "prescription",
    {
        "signed": Look("amber", "hourglass"),
        "queried": Look("violet", "help-circle"),
        "reviewed": Look("blue", "clipboard-check"),
    },
)
