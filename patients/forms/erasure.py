from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import Form, SegmentedChoice
from patients.errors import PatientUnknown
from patients.models import Patient
from patients.queries.erasures import patient_by_number
from patients.states import ErasureKind


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("It is kept for good: do not name the patient."),
    )


class NumberForm(Form):
    """Somebody's record, by its number alone."""

    number = forms.CharField(label=_("Record number"), max_length=20)

    patient: Patient  # once the form is valid

    def clean_number(self) -> str:
        found = patient_by_number(self.cleaned_data["number"])
        if found is None:
            raise forms.ValidationError(PatientUnknown.message, code="unknown")
        self.patient = found
        return found.mrn


class ErasureForm(NumberForm):
    kind = forms.ChoiceField(
        label=pgettext_lazy("erasure", "What"), choices=ErasureKind.choices, widget=SegmentedChoice
    )
    reason = _reason()


class HoldForm(NumberForm):
    reason = _reason()


class DecisionForm(Form):
    """Yes or no, and why."""

    decision = forms.ChoiceField(
        label=pgettext_lazy("erasure", "Decision"),
        choices=[("approve", _("Approve")), ("refuse", _("Refuse"))],
        widget=SegmentedChoice,
    )
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Reason of the decision")


class LiftForm(Form):
    reason = _reason()
