from django.db import models

from core import clock


class Preference(models.Model):
    """A hospital's own answer to a declared preference; without a row the declared default holds."""

    key = models.CharField(max_length=100, primary_key=True)
    value = models.JSONField()
    updated_at = models.DateTimeField(default=clock.now)
    updated_by = models.CharField(max_length=64, blank=True)  # the user's id as a plain value

    def __str__(self) -> str:
        return self.key
