"""Codes by email as a second factor: who set it up for which address, and the codes that were sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from core.clock import now
from core.models import UUIDModel

TRIES = 5


class EmailFactor(UUIDModel):
    """The person proved to read mail at this address; when their address changes, it has to be proved anew."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="email_factor", verbose_name=_("Colleague")
    )
    address = models.EmailField(_("Email"))

    def __str__(self) -> str:
        return f"{self.user} · {self.address}"


class CodePurpose(models.TextChoices):
    SIGN_IN = "sign_in", _("Sign-in")
    ENROL = "enrol", _("Setting up codes by email")


class EmailCode(UUIDModel):
    """One code that was sent. The code itself is nowhere: it is worked out of the row's id with the installation's key.

    A session keeps the id and finds its code only by it; so a code opens only where it was asked for.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("Colleague"))
    purpose = models.CharField(_("Purpose"), max_length=10, choices=CodePurpose)
    address = models.EmailField(_("Email"))
    expires_at = models.DateTimeField(_("Valid until"))
    tries = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    used_at = models.DateTimeField(_("Used at"), null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="accounts_code_of_user")]
        constraints = [
            models.CheckConstraint(condition=models.Q(purpose__in=CodePurpose.values), name="accounts_code_purpose"),
            models.CheckConstraint(condition=models.Q(tries__lte=TRIES), name="accounts_code_tries"),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True) | models.Q(used_at__lte=models.F("expires_at")),
                name="accounts_code_used_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.user}"

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.tries < TRIES and now() < self.expires_at
