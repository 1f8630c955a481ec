"""Columns of this room in three languages."""

from modeltranslation.translator import TranslationOptions, register

from claims.models import DenialReason


@register(DenialReason)
class DenialReasonTranslation(TranslationOptions):
    fields = ("name",)
