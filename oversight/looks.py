"""How the kinds of the trail and the states of an alert look."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.badges import Look, register

register(
    "trail",
    {
        "insert": Look(label=_("Created"), tone="green", icon="plus"),
        "update": Look(label=_("Changed"), tone="blue", icon="pencil"),
        "delete": Look(label=_("Deleted"), tone="red", icon="trash"),
        "read": Look(label=pgettext_lazy("trail", "Read"), tone="grey", icon="eye"),
        "print": Look(label=_("Printed"), tone="violet", icon="printer"),
        "export": Look(label=_("Exported"), tone="amber", icon="download"),
        "event": Look(label=_("Event"), tone="teal", icon="flag"),
    },
)
register(
    "alert",
    {
        "open": Look(label=pgettext_lazy("alert", "Open"), tone="amber", icon="hourglass"),
        "explained": Look(label=_("Explained"), tone="green", icon="circle-check"),
        "breach": Look(label=_("Breach"), tone="red", icon="alert-octagon"),
    },
)
