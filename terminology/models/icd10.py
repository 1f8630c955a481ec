from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import pgettext_lazy

from terminology.languages import in_reader_language


class Kind(models.TextChoices):
    CHAPTER = "chapter", pgettext_lazy("ICD-10", "Chapter")
    BLOCK = "block", pgettext_lazy("ICD-10", "Block")
    CATEGORY = "category", pgettext_lazy("ICD-10", "Category")
    SUBCATEGORY = "subcategory", pgettext_lazy("ICD-10", "Subcategory")
    LOCAL = "local", pgettext_lazy("ICD-10", "Local code")


class Icd10Code(models.Model):
    """One item of WHO's ICD-10 (2019) or a code used in Cambodian hospitals beside it; see terminology/data/README.md.

    Hospitals' tables store code and title as text: what was diagnosed must not change when a list is replaced.
    """

    code = models.CharField(max_length=10, primary_key=True)
    plain = models.CharField(max_length=10, help_text="The code without its dot, upper case")
    title_en = models.CharField(max_length=255)
    title_km = models.CharField(max_length=255, blank=True, default="")
    title_zh_hans = models.CharField(max_length=255, blank=True, default="")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    chapter = models.CharField(max_length=5)
    kind = models.CharField(max_length=11, choices=Kind)
    is_leaf = models.BooleanField()
    selectable = models.BooleanField(help_text="May be written as a diagnosis: categories and below")
    common = models.BooleanField(default=False, help_text="On the list of diagnoses used in Cambodian hospitals")
    search_text = models.TextField(help_text="Normalised titles in all languages and everyday words")

    class Meta:
        ordering = ["code"]
        indexes = [
            models.Index(name="icd10_plain_prefix", fields=["plain"], opclasses=["text_pattern_ops"]),
            GinIndex(name="icd10_words", fields=["search_text"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title_en}"

    @property
    def title(self) -> str:
        return in_reader_language(self, "title")


class Icd10Word(models.Model):
    """A word of the titles: what a misspelt one is compared with."""

    word = models.CharField(max_length=40, primary_key=True)

    class Meta:
        indexes = [GinIndex(name="icd10_spelling", fields=["word"], opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word
