from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register

register(Entry(group="today", label=_("Overview"), url_name="reports:home", icon="layout-dashboard", order=1, key="h"))
register(Entry("reports", _("Money"), "reports:money-list", "money_report:view", "chart-bar", 10))
