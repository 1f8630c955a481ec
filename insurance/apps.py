from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsuranceConfig(AppConfig):
    name = "insurance"
    verbose_name = _("Insurance")

    def ready(self) -> None:
        from audit import append_only
        from insurance import holdings, looks, menu, models, panels, permissions  # noqa: F401

        append_only(models.LimitMove)
        append_only(models.EligibilityCheck)
