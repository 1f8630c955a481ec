from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form, ModelForm
from core.money import Currency
from laboratory import formulas
from laboratory.models import ReferenceRange, Test
from laboratory.states import ValueType


class TestSearch(Form):
    q = forms.CharField(
        required=False,
        label=_("Code, name or LOINC"),
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )


class TestForm(ModelForm):
    price = forms.DecimalField(max_digits=14, decimal_places=2, min_value=0, required=False, label=_("Price"))
    currency = forms.ChoiceField(choices=Currency.choices, required=False, label=_("Currency"))
    formula = forms.ChoiceField(required=False, label=_("Computed by"))

    class Meta:
        model = Test
        fields = [
            "code",
            "name_en",
            "name_km",
            "name_zh_hans",
            "section",
            "specimen_type",
            "container",
            "loinc",
            "value_type",
            "unit",
            "decimals",
            "answer_set",
            "formula",
            "plausible_low",
            "plausible_high",
            "critical_low",
            "critical_high",
            "delta_percent",
            "turnaround_minutes",
            "active",
        ]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["formula"].choices = [("", "—"), *((name, name) for name in formulas.CHOICES)]
        self.fields["name_en"].required = True
        if not self.instance._state.adding:
            # Charges, results and panels know a test by its code.
            self.fields["code"].disabled = True

    def clean(self):
        values = super().clean()
        if values.get("value_type") == ValueType.CODED and not values.get("answer_set"):
            self.add_error("answer_set", _("A test answered by choice needs its set of choices."))
        for name in ("plausible", "critical"):
            low, high = values.get(f"{name}_low"), values.get(f"{name}_high")
            if low is not None and high is not None and low >= high:
                self.add_error(f"{name}_high", _("The upper limit must be above the lower one."))
        if (values.get("decimals") or 0) > 4:
            self.add_error("decimals", _("At most 4 decimals."))
        return values


class RangeForm(ModelForm):
    class Meta:
        model = ReferenceRange
        fields = [
            "sex",
            "age_from",
            "age_to",
            "low",
            "high",
            "text_en",
            "text_km",
            "text_zh_hans",
            "source",
            "confirmed",
        ]

    def clean(self):
        values = super().clean()
        low, high = values.get("low"), values.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", _("The upper limit must be above the lower one."))
        if low is None and high is None and not values.get("text_en"):
            self.add_error("low", _("Give a limit or a range in words."))
        start, end = values.get("age_from"), values.get("age_to")
        if start is not None and end is not None and end <= start:
            self.add_error("age_to", _("The band must end after it begins."))
        return values
