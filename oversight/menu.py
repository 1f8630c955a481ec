from typing import Any

from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register
from oversight.queries.alerts import open_alerts


def waiting_alerts(user: Any) -> int:
    return open_alerts(user).count()


register(
    Entry(
        group="admin", label=_("Trail"), url_name="oversight:trail", permission="audit:view", icon="history", order=60
    )
)
register(
    Entry(
        group="admin",
        label=_("Unusual reading"),
        url_name="oversight:alert-list",
        permission="privacy:oversee",
        icon="eye-check",
        order=61,
        count=waiting_alerts,
    )
)
register(
    Entry(
        group="admin",
        label=_("Rules of unusual reading"),
        url_name="oversight:rules-edit",
        permission="privacy:oversee",
        icon="adjustments",
        order=62,
    )
)
register(
    Entry(
        group="console",
        label=_("Trail"),
        url_name="oversight:trail",
        permission="platform_trail:view",
        icon="history",
        order=50,
        surface="console",
    )
)
register(Entry(group="accounts", label=_("My own trail"), url_name="oversight:my-trail", icon="user-search", order=95))
