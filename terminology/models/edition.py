from django.db import models


class Edition(models.Model):
    """Which state of the shipped files stands in the tables; loading the same state again does nothing."""

    name = models.CharField(max_length=20, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
