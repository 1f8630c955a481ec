"""The second screen at a drawer, which shows the payer what to scan. Its address carries a random key."""

import hashlib
import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel

KEY_BYTES = 24


class PayerScreen(UUIDModel):
    """One screen of a drawer; only the key's hash is kept."""

    drawer = models.ForeignKey("billing.Drawer", on_delete=models.PROTECT, related_name="payer_screens")
    key_hash = models.CharField(max_length=64, unique=True)
    key_hint = models.CharField(max_length=4)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Screen for payers")
        ordering = ["drawer", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["drawer"], condition=Q(revoked_at__isnull=True), name="gateways_one_screen_a_drawer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drawer_id} …{self.key_hint}"


def new_key() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(KEY_BYTES)


def hash_key(key: str) -> str:
    """A plain SHA-256 is enough: the key is random, so there is nothing to guess."""
    return hashlib.sha256(key.encode()).hexdigest()
