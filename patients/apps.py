from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    name = "patients"
    verbose_name = _("Patients")

    def ready(self) -> None:
        from audit import registry
        from core import pdf
        from patients import hindrances, holdings, home, looks, menu, panels, permissions, preferences  # noqa: F401
        from patients.middleware import glass_in_words
        from patients.models import AccessGrant, Consent, ConsentText, VisitMove
        from patients.sql import BLANK

        pdf.stamp_by(glass_in_words)
        for model in (VisitMove, AccessGrant, Consent, ConsentText):
            registry.append_only(model)
        registry.install_function(BLANK)
        registry.HIDDEN["patients_dataexport"] = ("passphrase",)
        registry.not_trailed("patients_searchtoken", "keyed hashes derived from the patient, whose row is trailed")
