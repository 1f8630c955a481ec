from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.forms import Form


class ExportForm(Form):
    """Why everything is taken out, in which language, and under which passphrase."""

    reason = forms.CharField(label=_("Reason"), min_length=10, max_length=500, widget=forms.Textarea({"rows": 2}))
    language = forms.ChoiceField(label=_("Language of the paper"), choices=settings.LANGUAGES)
    passphrase = forms.CharField(
        label=_("Passphrase"),
        max_length=60,
        widget=forms.TextInput({"readonly": True, "class": "mrn", "spellcheck": "false"}),
        help_text=_("It opens the archive. Write it down for the patient now: it is never shown again."),
    )
    written_down = forms.BooleanField(label=_("The passphrase is written down"))
