from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("Membership")

    def ready(self) -> None:
        from audit import registry
        from crm import holdings, menu, panels, permissions, preferences  # noqa: F401  they declare themselves when imported
        from crm.models import PointEntry
        from crm.services.tiers import load_default_tiers
        from hospitals import loaders

        registry.append_only(PointEntry)
        loaders.register("membership", load_default_tiers, order=20)
