"""A screen in a waiting room. Its address carries a random key; only the key's hash is kept."""

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from core.models import UUIDModel

KEY_BYTES = 24


class LanguageMode(models.TextChoices):
    TOGETHER = "together", pgettext_lazy("display languages", "Side by side")
    ROTATING = "rotating", pgettext_lazy("display languages", "One after another")


def default_languages() -> list[str]:
    return ["km", "en", "zh-hans"]


class DisplayScreen(UUIDModel):
    name = models.CharField(max_length=80)
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    departments = models.ManyToManyField("accounts.Department", blank=True, related_name="+")
    practitioners = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    languages = models.JSONField(default=default_languages)
    language_mode = models.CharField(max_length=10, choices=LanguageMode, default=LanguageMode.TOGETHER)
    voice_languages = models.JSONField(default=list, blank=True)
    chime = models.BooleanField(default=True)
    key_hash = models.CharField(max_length=64, unique=True)
    key_hint = models.CharField(max_length=4)
    created_by_name = models.CharField(max_length=150, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "name"], condition=Q(revoked_at__isnull=True), name="display_name_once_in_a_branch"
            ),
            models.CheckConstraint(condition=Q(language_mode__in=LanguageMode.values), name="display_mode_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None


def new_key() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(KEY_BYTES)


def hash_key(key: str) -> str:
    """A plain SHA-256 is enough: the key is random, so there is nothing to guess."""
    return hashlib.sha256(key.encode()).hexdigest()
