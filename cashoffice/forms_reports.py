"""How a report of a shift or a day is printed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form

LANGUAGES = [("km", "ភាសាខ្មែរ"), ("en", "English"), ("zh-hans", "简体中文")]


class ReportPrintForm(Form):
    paper = forms.ChoiceField(label=_("Paper"), choices=[("80mm", _("80 mm roll")), ("a4", "A4")])
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
