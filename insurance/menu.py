"""Entry of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register

register(
    Entry(
        group="insurance",
        label=_("Payers and contracts"),
        url_name="insurance:payer-list",
        permission="payer:view",
        icon="shield",
        order=90,
    )
)
