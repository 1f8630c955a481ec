from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        post_migrate.connect(_install_trail, sender=self, dispatch_uid="audit.install")


def _install_trail(using: str, **kwargs: Any) -> None:
    from audit.install import install

    install(connections[using])
