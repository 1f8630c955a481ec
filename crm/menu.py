"""Entry of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register

register(
    Entry(
        group="crm",
        label=_("Tiers and discounts"),
        url_name="crm:tier-list",
        permission="membership:view",
        icon="award",
        order=10,
    )
)
