from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.forms import DecimalInput, Form, SearchSelect
from core.money import Currency
from core.widgets import ascii_digits
from pharmacy.models import Location, Medicine
from pharmacy.queries.formulary import active_medicines, find_medicines
from pharmacy.services.receipts import Delivered


class LocationChoice(forms.ModelChoiceField):
    """A store, named with its branch: every branch has a pharmacy store."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.branch.name}"


class StockFilter(Form):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Medicine, brand, ATC, batch")}),
    )
    location: forms.ModelChoiceField = LocationChoice(
        label=_("Location"), queryset=Location.objects.none(), required=False, empty_label=_("All locations")
    )

    def __init__(self, *args: Any, locations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = locations


class ReceiptForm(Form):
    location: forms.ModelChoiceField = LocationChoice(
        label=_("Store"), queryset=Location.objects.none(), empty_label=None
    )
    supplier = forms.CharField(label=_("Supplier"), max_length=160)
    reference = forms.CharField(label=_("Delivery note"), max_length=80, required=False)

    def __init__(self, *args: Any, locations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = locations


class DeliveredForm(Form):
    """One delivered batch; an empty row is ignored."""

    medicine: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Medicine"),
        queryset=Medicine.objects.none(),
        widget=SearchSelect(
            reverse_lazy("pharmacy:medicine-options"), search=find_medicines, placeholder=_("INN, brand or ATC")
        ),
    )
    lot_number = forms.CharField(label=_("Batch number"), max_length=40)
    expires_on = forms.DateField(label=_("Expiry date"))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=1_000_000)
    unit_cost = forms.DecimalField(
        label=_("Cost of one unit"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    # The list always sends one of its choices: with USD as the initial one a row is empty while nothing else is typed.
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, initial=Currency.USD, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["empty_permitted"], kwargs["use_required_attribute"] = True, False
        super().__init__(*args, **kwargs)
        self.fields["medicine"].queryset = active_medicines()
        self.fields["unit_cost"].widget = DecimalInput()

    def clean_lot_number(self) -> str:
        return ascii_digits(self.cleaned_data["lot_number"]).strip().upper()

    def clean_expires_on(self):
        expiry = self.cleaned_data["expires_on"]
        if expiry < today():
            raise forms.ValidationError(_("This batch has already expired. Refuse the delivery."))
        if expiry.year > today().year + 10:
            raise forms.ValidationError(_("This date is too far away."))
        return expiry

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cost = cleaned.get("unit_cost")
        if cost is not None and cleaned.get("currency") == Currency.KHR and cost % 1:
            self.add_error("unit_cost", _("Riel are whole numbers."))
        return cleaned

    def delivered(self) -> Delivered:
        return Delivered(
            medicine=self.cleaned_data["medicine"],
            lot_number=self.cleaned_data["lot_number"],
            expires_on=self.cleaned_data["expires_on"],
            quantity=self.cleaned_data["quantity"],
            unit_cost=self.cleaned_data["unit_cost"],
            currency=self.cleaned_data["currency"] or Currency.USD,
        )


ROWS = 5
DeliveredFormSet = forms.formset_factory(DeliveredForm, extra=ROWS, max_num=50, absolute_max=50)
