from django.db import models

from core import clock
from core.ids import new_id


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened. ``payload`` holds ids only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    actor_id = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False, db_index=True)

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Delivery(models.Model):
    """One event for one subscriber."""

    class Status(models.TextChoices):
        PENDING = "pending", "pending"
        CLAIMED = "claimed", "claimed"
        DONE = "done", "done"
        DEAD = "dead", "given up"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)  # not before this; of a claimed one: when the claim lapses
    error = models.CharField(max_length=200, blank=True)  # the kind of the last failure, never its text

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="core_delivery_once_per_subscriber"),
            models.CheckConstraint(
                condition=models.Q(status__in=["pending", "claimed", "done", "dead"]), name="core_delivery_status"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(status__in=["pending", "claimed"]), name="core_delivery_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.status}"
