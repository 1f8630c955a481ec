from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form, ScanInput
from core.widgets import iso_date
from laboratory.identity import Identity
from laboratory.states import Rejection


class CollectForm(Form):
    """Two identifiers asked from the patient or scanned, the tubes taken, and when."""

    mrn = forms.CharField(
        max_length=30, widget=ScanInput, label=_("Medical record number"), help_text=_("Scan the patient's card.")
    )
    birth = forms.CharField(
        max_length=10,
        label=_("Birth date as the patient states it"),
        help_text=_("Year-month-day; the year alone where the day is not known."),
    )
    tubes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label=_("Collected"))
    collected_at = forms.DateTimeField(required=False, label=_("Collected at"), help_text=_("Empty: now."))

    def __init__(self, *args, tubes, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tubes"].choices = [(tube.key, tube.container.name) for tube in tubes]
        self.fields["tubes"].initial = [tube.key for tube in tubes]

    def clean_birth(self) -> str:
        return iso_date(self.cleaned_data["birth"])

    @property
    def identity(self) -> Identity:
        return Identity(mrn=self.cleaned_data["mrn"], birth=self.cleaned_data["birth"])


class ReceiveForm(Form):
    accession = forms.CharField(max_length=20, widget=ScanInput, label=_("Specimen number"))


class RejectForm(Form):
    rejection = forms.ChoiceField(choices=[("", "—"), *Rejection.choices], label=_("Reason"))
    rejection_note = forms.CharField(required=False, max_length=200, label=_("Remark"))


class SendBackForm(Form):
    """Stands in one form with the acceptance, so the browser must not ask for the reason."""

    use_required_attribute = False
    reason = forms.CharField(max_length=200, label=_("Reason for sending back"))


class CallForm(Form):
    call_note = forms.CharField(max_length=300, label=_("Who was called, and who read the value back"))
