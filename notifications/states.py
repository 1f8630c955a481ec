from django.db import models
from django.utils.translation import pgettext_lazy


class MailStatus(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("mail", "Queued")
    SENT = "sent", pgettext_lazy("mail", "Sent")
    FAILED = "failed", pgettext_lazy("mail", "Failed")
