"""Vital signs as typed: hard limits refuse, unusual values ask once more."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinical import limits
from clinical.limits import LIMITS
from clinical.models import VitalSigns
from clinical.states import Consciousness
from core.forms import DecimalInput, Form, SegmentedChoice
from patients.models import Patient
from patients.states import Sex
from queueing.states import Priority

CHILDBEARING = range(10, 61)  # years


class _MeasureField(forms.DecimalField):
    """One measurement: a decimal in its unit, inside its hard limits."""

    def __init__(self, name: str) -> None:
        self.name, limit = name, LIMITS[name]
        super().__init__(
            label=limit.label,  # type: ignore[arg-type]
            required=False,
            max_digits=6,
            decimal_places=limit.places,
            widget=DecimalInput(unit=limit.shown_unit),
        )

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is not None and (problem := limits.impossible(self.name, value)):
            raise forms.ValidationError(problem, code="impossible")


class VitalsForm(Form):
    temperature = _MeasureField("temperature")
    pulse = _MeasureField("pulse")
    respiration = _MeasureField("respiration")
    systolic = _MeasureField("systolic")
    diastolic = _MeasureField("diastolic")
    spo2 = _MeasureField("spo2")
    oxygen_flow = _MeasureField("oxygen_flow")
    consciousness = forms.ChoiceField(
        label=_("Consciousness"), choices=Consciousness.choices, required=False, widget=SegmentedChoice
    )
    weight = _MeasureField("weight")
    height = _MeasureField("height")
    pain = _MeasureField("pain")
    glucose = _MeasureField("glucose")
    pregnant = forms.BooleanField(label=_("Pregnant"), required=False)
    spo2_scale = forms.TypedChoiceField(
        label=_("Oxygen target"),
        choices=[(1, _("Normal (scale 1)")), (2, _("88 to 92 %, ordered by a doctor (scale 2)"))],
        coerce=int,
        initial=1,
        required=False,
        empty_value=1,  # type: ignore[arg-type]
    )
    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}))
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, required=False)
    priority_reason = forms.CharField(
        label=_("Why the priority changes"), max_length=200, required=False, help_text=_("Needed when you change it")
    )
    confirm_unusual = forms.BooleanField(
        label=_("I measured again; the unusual values are right"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, patient: Patient, last: VitalSigns | None, priority: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patient, self.last, self.current_priority = patient, last, priority
        self.age_years = patient.age.years
        self.unusual: dict[str, str] = {}
        self.fields["priority"].initial = priority
        if patient.sex == Sex.MALE or self.age_years not in CHILDBEARING:
            del self.fields["pregnant"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_pressure(cleaned)
        if not any(cleaned.get(name) not in (None, "") for name in (*LIMITS, "consciousness")) and not self.errors:
            self.add_error(None, _("Enter at least one measurement, or say why none was taken."))
        changed = cleaned.get("priority") and cleaned["priority"] != self.current_priority
        if changed and not cleaned.get("priority_reason"):
            self.add_error("priority_reason", _("Give a reason."))
        if not self.errors:
            self._ask_about_unusual(cleaned)
        return cleaned

    def _check_pressure(self, cleaned: dict[str, Any]) -> None:
        systolic, diastolic = cleaned.get("systolic"), cleaned.get("diastolic")
        if "systolic" in self.errors or "diastolic" in self.errors or systolic is diastolic is None:
            return
        if systolic is None or diastolic is None:
            missing = "systolic" if systolic is None else "diastolic"
            self.add_error(missing, _("Blood pressure needs both values."))
        elif diastolic >= systolic:
            self.add_error("diastolic", _("The diastolic pressure must be below the systolic pressure."))

    def _ask_about_unusual(self, cleaned: dict[str, Any]) -> None:
        self.unusual = self._questions(cleaned)
        if not self.unusual or cleaned.get("confirm_unusual"):
            return
        for name, question in self.unusual.items():
            self.add_error(name, forms.ValidationError(question, code="unusual"))
        self.fields["confirm_unusual"].widget = forms.CheckboxInput({"class": "form-check-input"})

    def _questions(self, cleaned: dict[str, Any]) -> dict[str, str]:
        typed = {name: cleaned[name] for name in LIMITS if cleaned.get(name) is not None}
        found = {name: limits.unusual(name, value, self.age_years) for name, value in typed.items()}
        if "weight" in typed and not found["weight"]:
            found["weight"] = limits.unusual_weight(typed["weight"], self.last.weight if self.last else None)
        return {name: question for name, question in found.items() if question}

    @property
    def measurements(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in (*LIMITS, "consciousness")}


class TriageRefusalForm(Form):
    reason = forms.CharField(
        label=_("Why no vital signs were taken"), max_length=300, widget=forms.Textarea({"rows": 2})
    )
