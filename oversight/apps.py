from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    name = "oversight"
    verbose_name = _("Oversight")

    def ready(self) -> None:
        from audit import registry
        from oversight import holdings, looks, menu, panels, permissions, preferences  # noqa: F401
        from oversight.models import Alert, Decision, TrailExport
        from oversight.words import field_in_words, table_in_words
        from patients.holdings import name_by

        name_by(table=table_in_words, field=field_in_words)
        for model in (Alert, Decision, TrailExport):
            registry.append_only(model)
        registry.not_trailed("oversight_mark", "how far detection has read; says nothing of anybody")
