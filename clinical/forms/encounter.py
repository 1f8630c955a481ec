"""Forms of the encounter page; each stands in its own section and is sent by itself."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Branch, Department, Specialty
from accounts.queries import care_departments, staff_with_role
from clinical.models.note import SECTIONS
from clinical.states import (
    AllergyKind,
    CaseKind,
    Certainty,
    DiagnosisRole,
    Disposition,
    HistoryKind,
    RecordStatus,
    Severity,
)
from core.clock import today
from core.forms import Form, SearchSelect
from patients.states import Confidentiality
from terminology.models import Icd10Code
from terminology.queries import search_icd10

NOTE_LENGTH = 20_000


class NoteForm(Form):
    """A draft as it stands in one browser page; `version` says which saved text that page started from."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    overwrite = forms.BooleanField(widget=forms.HiddenInput, required=False)
    subjective = forms.CharField(label=_("Subjective"), required=False, max_length=NOTE_LENGTH, strip=False)
    objective = forms.CharField(label=_("Objective"), required=False, max_length=NOTE_LENGTH, strip=False)
    assessment = forms.CharField(label=_("Assessment"), required=False, max_length=NOTE_LENGTH, strip=False)
    plan = forms.CharField(label=pgettext_lazy("SOAP", "Plan"), required=False, max_length=NOTE_LENGTH, strip=False)

    confidentiality = forms.ChoiceField(
        label=_("Who may read this note"), choices=Confidentiality.choices, required=False
    )
    specialty = forms.ChoiceField(
        label=_("Protected specialisation"),
        choices=[("", _("None")), *Specialty.choices],
        required=False,
        help_text=_("Only who works in it, or treats the patient, sees this consultation and its diagnoses."),
    )

    HINTS = {
        "subjective": _("What the patient tells: complaint, since when, course"),
        "objective": _("What you find: examination, measurements"),
        "assessment": _("What you think it is"),
        "plan": _("What is to be done: tests, treatment, advice, return"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in SECTIONS:
            self.fields[section].widget = forms.Textarea({"rows": 4, "placeholder": self.HINTS[section]})

    @property
    def texts(self) -> dict[str, str]:
        # browsers send line ends as CR LF; kept as LF, so that an unchanged text stays unchanged
        return {section: self.cleaned_data[section].replace("\r\n", "\n") for section in SECTIONS}


class AddendumForm(Form):
    text = forms.CharField(label=_("Addendum"), max_length=NOTE_LENGTH, widget=forms.Textarea({"rows": 3}))


def _find_codes(text: str) -> list[Icd10Code]:
    return list(search_icd10(text, limit=20))


class DiagnosisForm(Form):
    code = forms.CharField(
        label=_("Diagnosis"),
        max_length=300,
        widget=SearchSelect(
            reverse_lazy("clinical:diagnosis-options"), search=_find_codes, placeholder=_("Code or words")
        ),
    )
    role = forms.ChoiceField(label=pgettext_lazy("diagnosis", "Role"), choices=DiagnosisRole.choices)
    certainty = forms.ChoiceField(label=_("Certainty"), choices=Certainty.choices, initial=Certainty.CONFIRMED)
    case_kind = forms.ChoiceField(label=_("Case"), choices=CaseKind.choices)


class AllergyForm(Form):
    substance = forms.CharField(
        label=_("Substance"),
        max_length=120,
        # whatever is typed stays as typed; a name chosen from the list brings its ATC code
        widget=SearchSelect(reverse_lazy("clinical:substance-options"), placeholder=_("Medicine, group or food")),
    )
    kind = forms.ChoiceField(label=pgettext_lazy("allergy", "Kind"), choices=AllergyKind.choices)
    reaction = forms.CharField(label=_("Reaction"), max_length=200, required=False)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.MODERATE)


class ConditionForm(Form):
    text = forms.CharField(label=_("Problem"), max_length=200)
    since_year = forms.IntegerField(label=_("Since (year)"), required=False, min_value=1900)

    def clean_since_year(self) -> int | None:
        year = self.cleaned_data["since_year"]
        if year and year > today().year:
            raise forms.ValidationError(_("This year is in the future."))
        return year


class HistoryForm(Form):
    kind = forms.ChoiceField(label=pgettext_lazy("history", "Kind"), choices=HistoryKind.choices)
    text = forms.CharField(
        label=pgettext_lazy("clinical", "History"), max_length=1000, widget=forms.Textarea({"rows": 2})
    )


class FinishForm(Form):
    disposition = forms.ChoiceField(label=_("Disposition"), choices=Disposition.choices, initial=Disposition.HOME)
    disposition_note = forms.CharField(label=_("Advice or destination"), max_length=500, required=False)
    no_diagnosis_reason = forms.CharField(label=_("Reason without a diagnosis"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("disposition") == Disposition.REFER and not cleaned.get("disposition_note"):
            self.add_error("disposition_note", _("Say where the patient is referred to."))
        return cleaned


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class EndForm(ReasonForm):
    status = forms.ChoiceField(choices=[(RecordStatus.RESOLVED, ""), (RecordStatus.ENTERED_IN_ERROR, "")])


class TransferForm(Form):
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none())
    practitioner = forms.ModelChoiceField(
        label=_("Doctor"), queryset=Department.objects.none(), required=False, empty_label=_("Whoever is free")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = care_departments(branch)
        self.fields["practitioner"].queryset = staff_with_role("doctor", branch)
