from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from laboratory.models import Answer
from laboratory.services.entry import Entry
from laboratory.states import Flag, ValueType


class CorrectionForm(Form):
    """The corrected value of one released result, and why."""

    value = forms.CharField(max_length=2000, label=_("Corrected value"))
    comment = forms.CharField(required=False, max_length=500, label=_("Comment"))
    abnormal = forms.BooleanField(required=False, label=_("Abnormal"))
    reason = forms.CharField(max_length=200, label=_("Reason for the correction"))

    def __init__(self, *args, item, current, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].initial = current.comment
        test = item.test
        if test.value_type == ValueType.CODED:
            answers = Answer.objects.filter(answer_set=test.answer_set_id)
            choices = [("", "…"), *((one.code, one.name) for one in answers)]
            self.fields["value"] = forms.ChoiceField(choices=choices, label=_("Corrected value"))
        if test.value_type == ValueType.TEXT:
            self.fields["value"].widget = forms.Textarea({"rows": 4, "class": "form-control"})
            self.fields["abnormal"].initial = current.flag == Flag.ABNORMAL
        else:
            del self.fields["abnormal"]

    @property
    def entry(self) -> Entry:
        found = self.cleaned_data
        return Entry(found["value"], found["comment"], found.get("abnormal", False))
