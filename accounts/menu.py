from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register

register(
    Entry(
        group="accounts",
        label=_("Staff"),
        url_name="accounts:staff-list",
        permission="staff:view",
        icon="users",
        order=80,
    )
)
register(
    Entry(
        group="admin",
        label=_("Visits of support"),
        url_name="accounts:support-consent",
        permission="support:allow",
        icon="eye",
        order=84,
    )
)
register(
    Entry(
        group="admin",
        label=_("Single sign-on"),
        url_name="accounts:sso-edit",
        permission="sso:manage",
        icon="key",
        order=83,
    )
)
register(
    Entry(
        group="admin",
        label=_("Rules of signing in"),
        url_name="accounts:policy-edit",
        permission="signin_policy:manage",
        icon="shield-lock",
        order=82,
    )
)
register(
    Entry(
        group="admin",
        label=_("Branches and rooms"),
        url_name="accounts:workplace-list",
        permission="workplace:manage",
        icon="building",
        order=81,
    )
)
register(
    Entry(
        group="accounts",
        label=_("Roles"),
        url_name="accounts:role-list",
        permission="staff:view",
        icon="shield-check",
        order=82,
    )
)
