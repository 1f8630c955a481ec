from modeltranslation.translator import TranslationOptions, register

from laboratory.models import Answer, AnswerSet, Container, Panel, ReferenceRange, Section, SpecimenType, Test


@register([Section, SpecimenType, Container, Panel, AnswerSet, Answer])
class NameTranslation(TranslationOptions):
    fields = ("name",)


@register(Test)
class TestTranslation(TranslationOptions):
    fields = ("name",)


@register(ReferenceRange)
class RangeTranslation(TranslationOptions):
    fields = ("text",)
