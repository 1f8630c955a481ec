from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

declare("figures:view", _("See the hospital's figures of the day"), roles=["owner", "admin", "accountant", "auditor"])
declare("money_report:view", _("Read reports about money"), roles=["owner", "accountant", "auditor"])
declare("money_report:export", _("Take reports about money out as files"), roles=["owner", "accountant"])
