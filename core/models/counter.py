from django.db import models


class Counter(models.Model):
    """The last number given out in a series such as ``ticket:<queue id>``; moved only by ``core.numbering``."""

    key = models.CharField(max_length=200, primary_key=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(value__gte=0), name="core_counter_not_negative")]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"
