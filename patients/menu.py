"""Entries of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register

register(
    Entry(
        group="patients",
        label=_("Find a patient"),
        url_name="patients:patient-list",
        permission="patient:view",
        icon="user-search",
        order=10,
        key="p",
    )
)
register(
    Entry(
        group="patients",
        label=_("Register a patient"),
        url_name="patients:patient-new",
        permission="patient:create",
        icon="user-plus",
        order=20,
        key="n",
    )
)
register(
    Entry(
        group="admin",
        label=_("Who may see records"),
        url_name="patients:access-edit",
        permission="access_policy:manage",
        icon="lock",
        order=71,
    )
)
register(
    Entry(
        group="admin",
        label=_("Opened protected records"),
        url_name="patients:grant-list",
        permission="privacy:oversee",
        icon="lock-open",
        order=70,
    )
)
register(
    Entry(
        group="admin",
        label=_("Texts of consents"),
        url_name="patients:consent-text-list",
        permission="consent:publish",
        icon="writing-sign",
        order=75,
    )
)
register(
    Entry(
        group="admin",
        label=_("Erasure of records"),
        url_name="patients:erasure-list",
        permission="rights:serve",
        icon="trash",
        order=76,
    )
)
register(
    Entry(
        group="admin",
        label=_("Time of keeping"),
        url_name="patients:retention",
        permission="rights:serve",
        icon="hourglass",
        order=77,
    )
)
