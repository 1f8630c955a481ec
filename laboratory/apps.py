from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LaboratoryConfig(AppConfig):
    name = "laboratory"
    verbose_name = _("Laboratory")

    def ready(self) -> None:
        import audit
        from hospitals import loaders
        from laboratory import access, holdings, home, menu, panels, permissions, preferences  # noqa: F401  they declare themselves
        from laboratory.models import ItemMove, LabelPrint
        from laboratory.services.loading import load_catalogue

        audit.append_only(ItemMove)
        audit.append_only(LabelPrint)
        loaders.register("laboratory", load_catalogue, order=40)
