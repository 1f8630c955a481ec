from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

declare("hospital:view", _("See hospitals"), roles=["superadmin", "platform_admin", "support", "platform_billing"])
declare("hospital:create", _("Create hospitals"), roles=["superadmin", "platform_admin"])
declare("hospital:visit", _("See what staff of a hospital see"), roles=["superadmin", "support"])
declare("hospital:suspend", _("Suspend and reactivate hospitals"), roles=["superadmin", "platform_admin"])
declare("plan:edit", _("Change plans"), roles=["superadmin", "platform_billing"])
declare("role_template:edit", _("Change role templates"), roles=["superadmin"])
declare("demo_request:handle", _("Answer demo requests"), roles=["superadmin", "platform_admin", "support"])
