"""A visit of the platform's support: somebody of them sees for an hour what one person of the hospital sees."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from core.clock import now
from core.models import UUIDModel

HANDOVER = timedelta(seconds=60)
LONGEST = timedelta(hours=1)


class SupportVisit(UUIDModel):
    """``token`` and ``browser`` are digests: the hand-over opens once, within a minute, in the browser that asked."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("Whose view"))
    supporter = models.CharField(_("Supporter"), max_length=150)
    supporter_id = models.UUIDField(_("Supporter"))
    reason = models.CharField(_("Reason"), max_length=300)
    token = models.CharField(_("Digest of the hand-over"), max_length=64, unique=True)
    browser = models.CharField(_("Digest of the browser"), max_length=64)
    entered_at = models.DateTimeField(_("Begun at"), null=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="accounts_supportvisit_has_reason"),
            models.CheckConstraint(
                condition=models.Q(entered_at__isnull=True)
                | models.Q(ended_at__isnull=True)
                | models.Q(ended_at__gte=models.F("entered_at")),
                name="accounts_supportvisit_ends_after_begin",
            ),
        ]

    def __str__(self) -> str:
        return self.actor

    @property
    def actor(self) -> str:
        """Both names, as every record of the trail carries them."""
        return f"{self.supporter} (support) as {self.user.username}"

    @property
    def ends_at(self) -> datetime:
        return (self.entered_at or self.created_at) + LONGEST

    @property
    def is_waiting(self) -> bool:
        return self.entered_at is None and self.ended_at is None and now() - self.created_at < HANDOVER

    @property
    def is_running(self) -> bool:
        return self.entered_at is not None and self.ended_at is None and now() < self.ends_at
