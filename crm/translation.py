"""Columns of this room in three languages."""

from modeltranslation.translator import TranslationOptions, register

from crm.models import Tier


@register(Tier)
class TierTranslation(TranslationOptions):
    fields = ("name",)
