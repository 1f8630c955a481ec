"""A queue: the line in front of one practitioner, or one department, on one day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import UUIDModel


class Queue(UUIDModel):
    """One line of one day. Its row is also the counter of its tickets: locked, read, raised by one."""

    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    date = models.DateField()
    prefix = models.CharField(max_length=2)
    last_number = models.PositiveIntegerField(default=0)

    # Set by queries.counted.
    waiting_count: int
    paused_count: int
    skipped_count: int
    done_count: int

    class Meta:
        ordering = ["date", "prefix"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner", "department", "branch", "date"],
                condition=Q(practitioner__isnull=False),
                name="queue_one_per_practitioner_and_date",
            ),
            models.UniqueConstraint(
                fields=["branch", "department", "date"],
                condition=Q(practitioner__isnull=True),
                name="queue_one_per_department_and_date",
            ),
            models.UniqueConstraint(fields=["branch", "date", "prefix"], name="queue_prefix_once_a_day"),
            models.CheckConstraint(condition=Q(prefix__regex=r"^[A-Z]{1,2}$"), name="queue_prefix_is_letters"),
            models.CheckConstraint(condition=Q(last_number__gte=0), name="queue_last_number_not_negative"),
        ]
        indexes = [models.Index(F("branch"), F("date"), name="queue_of_the_day")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.date}"

    def label(self, number: int) -> str:
        """What is printed and shown: A-001. More than 999 patients simply make it longer."""
        return f"{self.prefix}-{number:03d}"
