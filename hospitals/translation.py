from modeltranslation.translator import TranslationOptions, register

from hospitals.models import Hospital, Plan, RoleTemplate


@register(Hospital)
class HospitalTranslation(TranslationOptions):
    fields = ("name", "address")


@register(Plan)
class PlanTranslation(TranslationOptions):
    fields = ("name", "description")


@register(RoleTemplate)
class RoleTemplateTranslation(TranslationOptions):
    fields = ("name",)
