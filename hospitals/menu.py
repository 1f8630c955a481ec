from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register

for order, (label, url_name, permission, icon) in enumerate(
    [
        (_("Hospitals"), "console:hospital-list", "hospital:view", "building-hospital"),
        (_("Plans"), "console:plan-list", "hospital:view", "license"),
        (_("Demo requests"), "console:demo-request-list", "demo_request:handle", "mail"),
        (_("Role templates"), "console:role-template-list", "role_template:edit", "shield"),
    ]
):
    register(
        Entry(
            group="console",
            label=label,
            url_name=url_name,
            permission=permission,
            icon=icon,
            order=order,
            surface="console",
        )
    )
