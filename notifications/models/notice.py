from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel


class Notice(UUIDModel):
    """One message to one member of staff, shown by the bell of the portal.

    `text` is an English msgid and `params` its named placeholders, so that everybody reads it in the language of the
    moment. Neither may carry anything that names a patient: a notice says what waits and links to the page that shows
    it to those who may see it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=60)
    text = models.CharField(_("text"), max_length=300)
    params = models.JSONField(_("values"), default=dict, blank=True)
    url = models.CharField(_("address"), max_length=300, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="notice_says_something"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(read_at__lte=F("acknowledged_at")),
                name="notice_read_before_acknowledged",
            ),
        ]

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> str:
        """The text in the reader's language, with its values filled in."""
        return gettext(self.text) % self.params if self.params else gettext(self.text)

    @property
    def is_unread(self) -> bool:
        return self.read_at is None

    @property
    def awaits_acknowledgement(self) -> bool:
        return self.urgent and self.acknowledged_at is None
