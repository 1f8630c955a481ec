"""What the pages of exchange rates take in."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import RateFeed
from core.fetching import is_allowed
from core.forms import DecimalInput, ModelForm


class FeedForm(ModelForm):
    url = forms.URLField(label=_("Address"), max_length=300, assume_scheme="https")
    percent = forms.DecimalField(
        label=_("Largest change without a person"),
        min_value=Decimal("0.1"),
        max_value=Decimal(20),
        max_digits=4,
        decimal_places=1,
        initial=Decimal(2),
        widget=DecimalInput(unit="%"),
        help_text=_("A rate that differs by more than this from the one in force waits until somebody accepts it."),
    )

    class Meta:
        model = RateFeed
        fields = ("url", "form", "field", "source", "percent", "is_active")
        labels = {"form": _("File format")}
        help_texts = {
            "field": _("JSON: names with points between them, such as data.average. CSV: the name of the column."),
        }

    def clean_url(self) -> str:
        address = self.cleaned_data["url"]
        if not is_allowed(address):
            raise forms.ValidationError(_("Only https addresses are asked."))
        return address
