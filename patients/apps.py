from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    name = "patients"
    verbose_name = _("Patients")

    def ready(self) -> None:
        from audit import registry
        from core import pdf
        from patients import home, menu, permissions, preferences  # noqa: F401  they declare themselves when imported
        from patients.middleware import glass_in_words
        from patients.models import AccessGrant, VisitMove

        pdf.stamp_by(glass_in_words)
        registry.append_only(VisitMove)
        registry.append_only(AccessGrant)
        registry.not_trailed("patients_searchtoken", "keyed hashes derived from the patient, whose row is trailed")
