from django.db import models

from core import clock


class Submission(models.Model):
    """A form that was acted upon; see ``core.once``. Holds where it led to, nothing of what was typed."""

    class Answer(models.TextChoices):
        REDIRECT = "redirect", "redirect"
        HX_REDIRECT = "hx-redirect", "redirect by HTMX"

    key = models.UUIDField(primary_key=True)
    view = models.CharField(max_length=200)
    path = models.CharField(max_length=500)
    actor_id = models.CharField(max_length=64, blank=True)
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.REDIRECT)
    location = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.view} {self.key}"
