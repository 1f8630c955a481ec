from modeltranslation.translator import TranslationOptions, register

from pharmacy.models import Interaction, Location, Medicine


@register(Medicine)
class MedicineTranslation(TranslationOptions):
    fields = ("name",)


@register(Interaction)
class InteractionTranslation(TranslationOptions):
    fields = ("effect", "management")


@register(Location)
class LocationTranslation(TranslationOptions):
    fields = ("name",)
