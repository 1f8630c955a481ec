from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DecimalInput, Form, ModelForm, VersionedFormMixin
from core.money import Currency
from pharmacy.dosing import plain_number
from pharmacy.models import Medicine
from pharmacy.states import Severity
from pharmacy.vocabulary import Form as DosageForm
from pharmacy.vocabulary import Route


def _search() -> forms.CharField:
    return forms.CharField(
        label=_("Search"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("INN, brand or ATC")}),
    )


_NAME_LABELS = {
    "name_en": _("Name in English"),
    "name_km": _("Name in Khmer"),
    "name_zh_hans": _("Name in Chinese"),
}
_AMOUNTS = ("doses_per_unit", "content", "max_daily_dose")


class MedicineFilter(Form):
    q = _search()
    form = forms.ChoiceField(label=_("Form"), required=False, choices=[("", _("All forms")), *DosageForm.choices])
    only = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("In use")),
            ("high_alert", _("High-alert")),
            ("controlled", _("Controlled")),
            ("inactive", _("No longer in use")),
        ],
    )


class InteractionFilter(Form):
    q = _search()
    severity = forms.ChoiceField(
        label=_("Severity"),
        required=False,
        choices=[("", _("All")), *(one for one in Severity.choices if one[0] != Severity.UNAVAILABLE)],
    )


class MedicineForm(VersionedFormMixin, ModelForm):
    """A line of the formulary with its price; names are written in each language."""

    routes = forms.MultipleChoiceField(label=_("Routes"), choices=Route.choices, widget=forms.CheckboxSelectMultiple)
    component_atc = forms.CharField(
        label=_("ATC codes of the components"),
        required=False,
        max_length=120,
        help_text=_("For combinations, separated by spaces: each component is then checked."),
    )
    price = forms.DecimalField(
        label=_("Price of one unit"), required=False, min_value=0, max_digits=12, decimal_places=2, widget=DecimalInput
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, required=False)

    class Meta:
        model = Medicine
        fields = (
            "code",
            "inn",
            "name_en",
            "name_km",
            "name_zh_hans",
            "brand_names",
            "atc",
            "component_atc",
            "form",
            "strength",
            "unit",
            "unit_size",
            "routes",
            "dose_unit",
            "doses_per_unit",
            "content",
            "content_unit",
            "max_daily_dose",
            "max_daily_unit",
            "default_dose",
            "high_alert",
            "controlled",
            "reorder_level",
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_en"].required = True
        for name, label in _NAME_LABELS.items():
            self.fields[name].label = label
        self.initial["component_atc"] = " ".join(self.instance.component_atc or [])
        for name in _AMOUNTS:  # "500", never "500.0000": a trailing zero is a tenfold error waiting to happen
            if isinstance(value := self.initial.get(name), Decimal):
                self.initial[name] = plain_number(value)

    def clean_code(self) -> str:
        return self.cleaned_data["code"].strip().upper()

    def clean_component_atc(self) -> list[str]:
        return self.cleaned_data["component_atc"].upper().split()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for amount, unit in (("content", "content_unit"), ("max_daily_dose", "max_daily_unit")):
            if cleaned.get(amount) and not cleaned.get(unit):
                self.add_error(unit, _("Choose the unit."))
        if cleaned.get("price") is not None and cleaned.get("currency") == Currency.KHR and cleaned["price"] % 1:
            self.add_error("price", _("Riel are whole numbers."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The medicine's own fields, for the service."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}

    def price_wanted(self) -> tuple | None:
        price = self.cleaned_data.get("price")
        return None if price is None else (price, self.cleaned_data.get("currency") or Currency.USD)
