"""The end of a branch's day. Append-only: a closed day takes no entry of its branch any more."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel


class DayClosing(UUIDModel, AppendOnly):
    """A branch's day is over; `figures` are what the ledger said of it, `number` is gapless per branch and year."""

    number = models.CharField(_("Number"), max_length=40, unique=True)
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+", verbose_name=_("Branch"))
    date = models.DateField(_("Day"))
    figures = models.JSONField(_("Figures"))
    note = EncryptedTextField(_("Note"), max_length=200, blank=True, default="")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Closing of a day")
        ordering = ["-date", "branch"]
        constraints = [models.UniqueConstraint(fields=["branch", "date"], name="cashoffice_day_closed_once")]

    def __str__(self) -> str:
        return self.number
