from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CashofficeConfig(AppConfig):
    name = "cashoffice"
    verbose_name = _("Cash office")

    def ready(self) -> None:
        from cashoffice import looks, menu, panels, permissions, preferences, shift_rules  # noqa: F401
