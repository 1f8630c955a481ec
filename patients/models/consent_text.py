from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel
from patients.states import ConsentPurpose


class ConsentText(UUIDModel):
    """What patients are asked, in three languages. The database never lets it change: the next version is published.

    ``asks_anew``: what was given to earlier versions does not count any more, refusals do.
    """

    purpose = models.CharField(_("purpose"), max_length=16, choices=ConsentPurpose)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    asks_anew = models.BooleanField(_("Everybody is asked again"), default=False)
    # empty: the text every hospital starts with
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["purpose", "-version"]
        constraints = [
            models.UniqueConstraint(name="consenttext_one_of_a_version", fields=["purpose", "version"]),
            models.CheckConstraint(name="consenttext_purpose_known", condition=Q(purpose__in=ConsentPurpose.values)),
            models.CheckConstraint(name="consenttext_says_something", condition=~Q(text_en="") & ~Q(title_en="")),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"
