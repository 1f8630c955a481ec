from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel


class Family(UUIDModel):
    """People who share a membership and a saving card; every patient belongs to one."""

    number = models.CharField(_("family number"), max_length=20, unique=True)
    head = models.ForeignKey(
        "patients.Patient",
        verbose_name=_("head of the family"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number
