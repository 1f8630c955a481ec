from modeltranslation.translator import TranslationOptions, register

from billing.models import Account, PriceList, Service


@register(Service)
class ServiceTranslation(TranslationOptions):
    fields = ("name",)


@register(PriceList)
class PriceListTranslation(TranslationOptions):
    fields = ("name",)


@register(Account)
class AccountTranslation(TranslationOptions):
    fields = ("name",)
