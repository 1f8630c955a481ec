"""Questions to the database before production starts: `manage.py check --deploy --database default`."""

from collections.abc import Iterator, Sequence
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection
from django_tenants.utils import get_public_schema_name, schema_context

from accounts.models import User
from core import crypto
from core.keyring import KeyProblem
from hospitals.models import Hospital

# What everybody knows, because `make demo` prints it.
DEMO_PASSWORD = "demo-hospital-2026"  # noqa: S105
DEMO_SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105
DEMO_NAMES = {
    *("owner", "admin", "doctor", "doctor2", "nurse", "receptionist", "cashier", "cashier2", "labtech", "labtech2"),
    *("pharmacist", "pharmacist2", "accountant", "auditor", "superadmin", "support", "platform-billing"),
}


def _schemas() -> list[str]:
    with schema_context(get_public_schema_name()):
        return [get_public_schema_name(), *Hospital.objects.filter(ready=True).values_list("schema_name", flat=True)]


@register(Tags.database, deploy=True)
def no_demo_account_exists(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Nobody may sign in with the demo's password or second factor."""
    if not databases:
        return []
    return [
        Error(f"{schema}: the account {name} has the demo's {what}.", hint="Change or close it.", id="hospitals.E001")
        for schema in _schemas()
        for name, what in _demo_accounts(schema)
    ]


def _demo_accounts(schema: str) -> Iterator[tuple[str, str]]:
    with schema_context(schema):
        for user in User.objects.filter(username__in=DEMO_NAMES, is_active=True):
            if check_password(DEMO_PASSWORD, user.password):
                yield user.username, "password"
        if not _keys_open():
            return  # a fault of its own, see below
        for authenticator in Authenticator.objects.filter(type=Authenticator.Type.TOTP).select_related("user"):
            if get_adapter().decrypt(authenticator.data["secret"]) == DEMO_SECRET:
                yield authenticator.user.username, "second factor"


def _keys_open() -> bool:
    try:
        return crypto.decrypt(crypto.encrypt(b"open", aad="check"), aad="check") == b"open"
    except KeyProblem:
        return False


@register(Tags.database, deploy=True)
def master_key_opens_every_hospital(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """With another MASTER_KEY or key service no name could be read, and new ones would be lost with it."""
    if not databases:
        return []
    found: list[CheckMessage] = []
    for schema in _schemas():
        with schema_context(schema):
            if not _keys_open():
                hint = "Restore the key the hospital was made with, or run manage.py rewrap_keys with both."
                found.append(Error(f"{schema}: its keys do not open.", hint=hint, id="hospitals.E003"))
    return found


@register(Tags.database, deploy=True)
def every_hospital_is_whole(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The search path ends in the public schema: a missing table would be answered from there, by other rows."""
    if not databases:
        return []
    wanted = _tables_of(settings.TENANT_APPS)
    return [
        Error(f"{schema}: missing {', '.join(sorted(missing))}", hint="manage.py migrate_schemas", id="hospitals.E002")
        for schema in _schemas()
        if schema != get_public_schema_name() and (missing := wanted - _tables_in(schema))
    ]


def _tables_of(entries: list[str]) -> set[str]:
    names = {AppConfig.create(entry).name for entry in entries}
    labels = {config.label for config in apps.get_app_configs() if config.name in names}
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if model._meta.app_label in labels and not model._meta.proxy}


def _tables_in(schema: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {name for (name,) in cursor.fetchall()}
