from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import menu, panels, permissions, preferences, signs  # noqa: F401
        from audit import not_trailed

        not_trailed("accounts_staffsession", "sign-ins and ends of sessions are trailed as events")
        post_migrate.connect(_meet_permissions, sender=self, dispatch_uid="accounts.permissions")


def _meet_permissions(using: str, **kwargs: Any) -> None:
    from accounts.services.roles import meet_new_permissions

    if "accounts_role" in connections[using].introspection.table_names():
        meet_new_permissions()
