"""Columns of this room in three languages."""

from modeltranslation.translator import TranslationOptions, register

from insurance.models import CaseRate, Contract, Payer


@register(Payer)
class PayerTranslation(TranslationOptions):
    fields = ("name",)


@register(Contract)
class ContractTranslation(TranslationOptions):
    fields = ("name",)


@register(CaseRate)
class CaseRateTranslation(TranslationOptions):
    fields = ("name",)
