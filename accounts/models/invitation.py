"""How a new colleague gets in: a link that works once and expires."""

from django.db import models

from accounts.models.user import User
from core.clock import now
from core.models import UUIDModel


class Invitation(UUIDModel):
    """The link carries a signed id, nothing secret is stored; accepting sets the password and uses it up."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.expires_at > now()
