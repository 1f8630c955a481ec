from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CashofficeConfig(AppConfig):
    name = "cashoffice"
    verbose_name = _("Cash office")

    def ready(self) -> None:
        from audit import append_only
        from cashoffice import agreement, holdings, looks, menu, models, panels, permissions, preferences, shift_rules  # noqa: F401

        append_only(models.ShiftReport)
        append_only(models.DayClosing)
