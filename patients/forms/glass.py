from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import Form
from patients.states import GlassReason


class GlassForm(Form):
    """Why a record that is closed to the person has to be opened."""

    reason = forms.ChoiceField(label=pgettext_lazy("glass", "Reason"), choices=GlassReason.choices)
    explanation = forms.CharField(
        label=_("What makes it necessary"), min_length=10, max_length=500, widget=forms.Textarea({"rows": 3})
    )
