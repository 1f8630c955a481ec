from django.db import models
from django.utils.translation import pgettext_lazy

from terminology.languages import in_reader_language


class Level(models.IntegerChoices):
    PROVINCE = 1, pgettext_lazy("division", "Province")
    DISTRICT = 2, pgettext_lazy("division", "District")
    COMMUNE = 3, pgettext_lazy("division", "Commune")


class Division(models.Model):
    """A province, district or commune of Cambodia; its code starts with its parent's (2, 4 and 6 digits)."""

    code = models.CharField(max_length=6, primary_key=True)
    level = models.PositiveSmallIntegerField(choices=Level)
    kind = models.CharField(max_length=12, help_text="province, capital, srok, khan, krong, khum or sangkat")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name_en = models.CharField(max_length=80)
    name_km = models.CharField(max_length=120)
    name_zh_hans = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_en

    @property
    def name(self) -> str:
        return in_reader_language(self, "name")
