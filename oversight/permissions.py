from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare, declared

declare("audit:view", _("Search the trail of what happened"), roles=["owner", "auditor"])
declare("platform_trail:view", _("Search the platform's own trail"), roles=["superadmin", "platform_admin"])
if "privacy:oversee" not in declared():
    declare("privacy:oversee", _("Watch over who opens protected records"), roles=["owner", "auditor"])
