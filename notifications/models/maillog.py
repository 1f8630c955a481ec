from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel
from notifications.states import MailStatus


class MailLog(UUIDModel):
    """That a mail was asked for, and what became of it. Neither address nor body is kept.

    `params` holds ids and numbers only; what else a mail says is made when it is sent (see notifications.mails).
    """

    template = models.CharField(_("template"), max_length=80)
    user_id = models.UUIDField(_("recipient"), db_index=True)
    params = models.JSONField(_("values"), default=dict, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=MailStatus, default=MailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=80, blank=True, help_text=_("Kind of the last error"))

    class Meta:
        verbose_name = _("mail sent")
        verbose_name_plural = _("mails sent")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(status="queued"), name="maillog_queued"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=MailStatus.values), name="maillog_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.get_status_display()}"
