from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PharmacyConfig(AppConfig):
    name = "pharmacy"
    verbose_name = _("Pharmacy")

    def ready(self) -> None:
        import audit
        from hospitals import loaders
        from pharmacy import access, closing, holdings, home, menu, models, panels, permissions, preferences  # noqa: F401
        from pharmacy.services.formulary import load_formulary

        for model in (
            models.GoodsReceipt,
            models.GoodsReceiptLine,
            models.MedicineReturn,
            models.SafetyWarning,
            models.StatusChange,
            models.StockMovement,
        ):
            audit.append_only(model)
        loaders.register("formulary", load_formulary, order=41)
