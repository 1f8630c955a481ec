from modeltranslation.translator import TranslationOptions, register

from cashoffice.models import VoucherReason


@register(VoucherReason)
class VoucherReasonTranslation(TranslationOptions):
    fields = ("name",)
