from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel


class TrailExport(AppendOnly, UUIDModel):
    """Somebody took part of the trail out of the house: what was asked for, how many records, and why."""

    filters = models.JSONField(default=dict)
    reason = EncryptedTextField(_("reason"), max_length=500)
    rows = models.IntegerField()
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.rows} records for {self.by_name}"
