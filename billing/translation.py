from modeltranslation.translator import TranslationOptions, register

from billing.models import Account, Fund, Holiday, PriceList, Promotion, Service


@register(Service)
class ServiceTranslation(TranslationOptions):
    fields = ("name",)


@register(PriceList)
class PriceListTranslation(TranslationOptions):
    fields = ("name",)


@register(Account)
class AccountTranslation(TranslationOptions):
    fields = ("name",)


@register(Holiday)
class HolidayTranslation(TranslationOptions):
    fields = ("name",)


@register(Promotion)
class PromotionTranslation(TranslationOptions):
    fields = ("name",)


@register(Fund)
class FundTranslation(TranslationOptions):
    fields = ("name",)
