"""Questions asked before production starts: `manage.py check --deploy`."""

import base64
import binascii
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from core.keyring import MissingKey
from core.keys.provider import present_provider

SHORTEST_KEY = 40  # characters of SECRET_KEY
SHORTEST_TOKEN = 16


@register(Tags.security, deploy=True)
def secrets_are_given(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every secret is set, long enough and well-formed."""
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        found.append(
            Error("SECRET_KEY is missing or too short.", hint="deploy/make-secrets writes one.", id="core.E001")
        )
    if settings.KEY_PROVIDER == "local" and not _is_key(settings.MASTER_KEY):
        found.append(Error("MASTER_KEY must be 32 random bytes in base64.", id="core.E002"))
    if not _is_key(settings.AUDIT_SIGNING_KEY):
        found.append(Error("AUDIT_SIGNING_KEY must be 32 random bytes in base64.", id="core.E006"))
    if len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        found.append(Error("METRICS_TOKEN is missing or too short: /metrics is not public.", id="core.E003"))
    return found


@register(Tags.security, deploy=True)
def the_key_provider_is_set_up(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """KEY_PROVIDER names one we know, and what it needs is given; nobody is asked yet."""
    try:
        present_provider()
    except MissingKey as error:
        return [Error(f"No key provider: {error}.", hint="docs/operations.md, Keys.", id="core.E007")]
    return []


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except binascii.Error:
        return False


@register(Tags.security, deploy=True)
def nothing_of_the_demo_is_installed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The demo's accounts have a public password: neither they nor what makes them belongs into production."""
    if getattr(settings, "DEMO", False) or "demo" in settings.INSTALLED_APPS:
        return [Error("These settings allow the demo's accounts.", hint="Use config.settings.prod.", id="core.E004")]
    return []


@register(Tags.security, deploy=True)
def the_owner_is_somebody_else(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whoever owns the tables can switch the trail off: the application's role must be another."""
    if settings.USE_OWNER_ROLE and _role(settings.DATABASE_URL) == _role(settings.DATABASE_OWNER_URL):
        hint = "deploy/postgres/roles.sql makes the two."
        return [Error("DATABASE_URL and DATABASE_OWNER_URL name one role.", hint=hint, id="core.E005")]
    return []


def _role(url: str) -> str:
    return urlsplit(url).username or ""
