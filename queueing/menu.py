"""Entries of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register

register(
    Entry(
        group="queueing",
        label=_("Queues of today"),
        url_name="queueing:queue-list",
        permission="queue:view",
        icon="list-numbers",
        order=10,
        key="q",
    )
)
register(
    Entry(
        group="admin",
        label=_("Waiting-room screens"),
        url_name="queueing:display-list",
        permission="display:manage",
        icon="device-tv",
        order=60,
    )
)
