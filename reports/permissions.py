from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

declare("figures:view", _("See the hospital's figures of the day"), roles=["owner", "admin", "accountant", "auditor"])
