"""Who is signed in where: one row per sign-in, kept after its end for the person's own list and for inquiries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.agents import in_words
from accounts.models.user import User
from core.clock import now
from core.models import UUIDModel


class SessionEnd(models.TextChoices):
    """Why a session ended."""

    SIGNED_OUT = "signed_out", _("Signed out")
    ENDED = "ended", _("Ended from another device")
    PASSWORD = "password", _("The password was changed")
    ROLES = "roles", _("The roles were changed")
    CLOSED = "closed", _("The account was closed")
    IDLE = "idle", _("Nobody was active")
    AGE = "age", _("The longest time was reached")


class StaffSession(UUIDModel):
    """A sign-in with its device and address. ``key`` finds the session in the store while it is open, then goes."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=64, blank=True)
    surface = models.CharField(max_length=10, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=12, choices=SessionEnd, blank=True)

    class Meta:
        ordering = ["-seen_at"]
        indexes = [
            models.Index(fields=["user", "-seen_at"], name="accounts_session_of_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end="")
                | models.Q(ended_at__isnull=False, end__in=SessionEnd.values, key=""),
                name="accounts_session_ends_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.device}"

    @property
    def device(self) -> str:
        """Browser and system in words."""
        return in_words(self.agent)

    @property
    def is_phone(self) -> bool:
        return "Mobi" in self.agent
