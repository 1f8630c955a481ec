"""Closing the books: up to a day nothing is posted any more. Append-only; what was closed stays closed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel


class BooksClosing(UUIDModel, AppendOnly):
    """The books are closed up to and with the day `through`; corrections are posted on the day they are made."""

    through = models.DateField(_("Closed through"), unique=True)
    note = EncryptedTextField(_("Note"), max_length=200, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Closing of the books")
        ordering = ["-through"]

    def __str__(self) -> str:
        return f"{self.through}"
