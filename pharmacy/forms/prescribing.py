from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DecimalInput, Form, ModelForm
from pharmacy.dosing import plain_number
from pharmacy.models import Medicine, PrescriptionItem
from pharmacy.vocabulary import DoseUnit, Route


class ItemForm(ModelForm):
    """Dose, how often, by which route, how long. Only what this medicine allows can be chosen."""

    reason = forms.CharField(
        label=_("Reason for going on despite the warnings"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = PrescriptionItem
        fields = (
            "dose",
            "dose_unit",
            "frequency",
            "route",
            "duration_days",
            "as_needed",
            "quantity",
            "instructions",
        )

    def __init__(self, *args: Any, medicine: Medicine, warned: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.medicine = medicine
        if isinstance(dose := self.initial.get("dose"), Decimal):
            self.initial["dose"] = plain_number(dose)
        self.fields["dose"].widget = DecimalInput(attrs={"autofocus": True})
        self.fields["dose_unit"].choices = [(unit, DoseUnit(unit).label) for unit in medicine.dose_units]
        self.fields["route"].choices = [(route, Route(route).label) for route in medicine.routes]
        self.fields["quantity"].required = False
        self.fields["quantity"].help_text = _("Computed when left empty. Counted in units of issue.")
        self.fields["quantity"].widget = DecimalInput(attrs={"inputmode": "numeric"}, unit=medicine.unit_label)
        self.fields["instructions"].widget = forms.Textarea(attrs={"rows": 2, "maxlength": 500})
        if not warned:
            self.fields["reason"].widget = forms.HiddenInput()

    def ask_reason(self) -> None:
        """Show the field in which a warning is answered."""
        self.fields["reason"].widget = forms.Textarea(attrs={"rows": 2, "class": "form-control"})
        self.fields["reason"].required = True

    def clean_instructions(self) -> str:
        text = self.cleaned_data["instructions"] or ""
        if len(text) > 500:
            raise forms.ValidationError(_("Write at most 500 characters."))
        return text


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(Form):
    answer = forms.CharField(label=_("Answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
