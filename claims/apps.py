from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClaimsConfig(AppConfig):
    name = "claims"
    verbose_name = _("Claims")

    def ready(self) -> None:
        from audit import append_only
        from claims import agreement, documents, holdings, looks, menu, models, panels, permissions, refusals  # noqa: F401

        for model in (
            models.Appeal,
            models.ClaimMove,
            models.ClaimPaper,
            models.Remittance,
            models.RemittanceLine,
            models.Transmission,
        ):
            append_only(model)
