from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    name = "oversight"
    verbose_name = _("Oversight")

    def ready(self) -> None:
        from audit import registry
        from oversight import looks, menu, panels, permissions, preferences  # noqa: F401  they declare themselves
        from oversight.models import Alert, Decision, TrailExport

        for model in (Alert, Decision, TrailExport):
            registry.append_only(model)
        registry.not_trailed("oversight_mark", "how far detection has read; says nothing of anybody")
