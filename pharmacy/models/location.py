from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel
from pharmacy.states import LocationKind


class Location(UUIDModel):
    """A place that holds stock. Quarantine holds returned medicines that nobody may dispense."""

    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="pharmacy_locations")
    kind = models.CharField(_("Kind"), max_length=16, choices=LocationKind, default=LocationKind.STORE)
    name = models.CharField(_("Name"), max_length=120)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        ordering = ["branch_id", "kind", "name"]
        constraints = [
            models.CheckConstraint(name="pharmacy_location_kind", condition=models.Q(kind__in=LocationKind.values)),
            models.UniqueConstraint(fields=["branch", "name"], name="pharmacy_location_name_per_branch"),
            models.UniqueConstraint(
                fields=["branch"],
                condition=models.Q(kind=LocationKind.QUARANTINE),
                name="pharmacy_one_quarantine_per_branch",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)
