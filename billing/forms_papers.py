"""On what, and in which language, a paper for a patient is printed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import PrintForm
from billing.models import StatementPrint
from billing.papers import Kind
from patients.models import Patient


class PaperForm(PrintForm):
    """What was not chosen is the kind's own paper and the patient's language."""

    family = forms.BooleanField(label=_("The whole family"), required=False)

    def __init__(self, *args: Any, kind: Kind, patient: Patient, **kwargs: Any) -> None:
        self.proposed = {"paper": str(kind.papers[0]), "language": patient.preferred_language}
        super().__init__(*args, initial=self.proposed, **kwargs)
        self.fields["paper"].choices = [(str(one), one.label) for one in kind.papers]
        for name in self.proposed:
            self.fields[name].required = False
        if kind.prints is not StatementPrint:
            del self.fields["family"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {**cleaned, **{name: cleaned.get(name) or proposed for name, proposed in self.proposed.items()}}
