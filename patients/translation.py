"""Columns of this room in three languages."""

from modeltranslation.translator import TranslationOptions, translator

from patients.models import ConsentText


class ConsentTextTranslation(TranslationOptions):
    fields = ("title", "text")


translator.register(ConsentText, ConsentTextTranslation)
