from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LaboratoryConfig(AppConfig):
    name = "laboratory"
    verbose_name = _("Laboratory")

    def ready(self) -> None:
        import audit
        from laboratory import permissions  # noqa: F401
        from laboratory.models import ItemMove, LabelPrint

        audit.append_only(ItemMove)
        audit.append_only(LabelPrint)
