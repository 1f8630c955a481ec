from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import AppendOnly, UUIDModel


class PointKind(models.TextChoices):
    EARNED = "earned", pgettext_lazy("points", "Earned")
    REVERSED = "reversed", pgettext_lazy("points", "Taken back")
    SPENT = "spent", pgettext_lazy("points", "Spent")


class PointEntry(AppendOnly, UUIDModel):
    """One movement of a family's points; never changed. The same source gives points once (unique constraint)."""

    membership = models.ForeignKey("crm.FamilyMembership", on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=8, choices=PointKind)
    points = models.DecimalField(_("points"), max_digits=12, decimal_places=2)
    balance_after = models.DecimalField(_("balance"), max_digits=14, decimal_places=2)
    source_kind = models.CharField(max_length=40)
    source_id = models.UUIDField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="points_once_per_source", fields=["source_kind", "source_id", "kind"]),
            models.CheckConstraint(name="point_entry_moves_something", condition=~models.Q(points=0)),
            models.CheckConstraint(name="point_balance_never_below_zero", condition=models.Q(balance_after__gte=0)),
            models.CheckConstraint(
                name="point_sign_matches_kind",
                condition=models.Q(kind="earned", points__gt=0)
                | models.Q(kind__in=["reversed", "spent"], points__lt=0),
            ),
        ]
        indexes = [models.Index(name="points_of_membership", fields=["membership", "-id"])]

    def __str__(self) -> str:
        return str(self.points)
