from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TerminologyConfig(AppConfig):
    name = "terminology"
    verbose_name = _("Terminology")

    def ready(self) -> None:
        from audit import registry

        why = "shipped code lists, loaded as they stand in terminology/data"
        for table in ("terminology_icd10code", "terminology_icd10word", "terminology_division", "terminology_edition"):
            registry.not_trailed(table, why)
            registry.read_only(table)
        post_migrate.connect(_load_when_public, sender=self, dispatch_uid="terminology.load")


def _load_when_public(using: str, **kwargs: Any) -> None:
    """A deployment that migrates also brings the lists of its own version; nothing happens when they are there."""
    from django_tenants.utils import get_public_schema_name

    from terminology.services.loading import load_terminology

    if connections[using].schema_name == get_public_schema_name():
        load_terminology()
