from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from core.preference_forms import SHORTEST_REASON, PreferenceForm
from patients.models import Patient


class RulesForm(PreferenceForm):
    """The scale on which reading is unusual."""

    keys = (
        "oversight.many_patients",
        "oversight.department_patients",
        "oversight.guarded_patients",
        "oversight.own_family",
        "oversight.same_surname",
        "oversight.unusual_hours",
        "oversight.day_begins",
        "oversight.day_ends",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        begins, ends = data.get("day_begins"), data.get("day_ends")
        if begins and ends and begins >= ends:
            self.add_error("day_ends", _("The day ends after it begins."))
        return data


class WatchForm(Form):
    """One more record to watch, by its whole number."""

    number = forms.CharField(label=_("Record number"), max_length=20)
    reason = forms.CharField(label=_("Reason"), min_length=SHORTEST_REASON, max_length=200)

    patient: Patient

    def clean_number(self) -> str:
        number = self.cleaned_data["number"].strip().upper()
        found = Patient.objects.filter(mrn=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no record with this number."))
        self.patient = found
        return number
