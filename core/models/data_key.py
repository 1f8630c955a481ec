from django.db import models

from core import clock


class DataKey(models.Model):
    """One of the hospital's own keys, wrapped by the platform's master key; see ``core.crypto``.

    Old versions stay: what was encrypted with them is still to be read.
    """

    class Purpose(models.TextChoices):
        ENCRYPTION = "encryption", "encryption"
        INDEX = "index", "blind index"

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    version = models.PositiveSmallIntegerField()
    wrapped = models.TextField()
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="core_datakey_version"),
            models.UniqueConstraint(
                fields=["purpose"], condition=models.Q(is_active=True), name="core_datakey_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} key, version {self.version}"
