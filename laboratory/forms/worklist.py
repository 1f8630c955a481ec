from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch
from core.forms import Form
from laboratory.models import Section
from laboratory.queries.worklist import Filters
from laboratory.states import Priority


class WorklistFilter(Form):
    """Filters of the worklist; what makes no sense is ignored rather than refused."""

    q = forms.CharField(
        required=False,
        label=_("Specimen, order or record number"),
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    section = forms.ModelChoiceField(queryset=None, required=False, label=_("Section"), empty_label=_("All sections"))
    priority = forms.ChoiceField(required=False, label=_("Priority"))
    branch = forms.ModelChoiceField(queryset=None, required=False, label=_("Branch"), empty_label=_("All branches"))
    tab = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = Section.objects.all()
        self.fields["priority"].choices = [("", _("All priorities")), *Priority.choices]
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True)

    @property
    def filters(self) -> Filters:
        self.is_valid()
        found = self.cleaned_data
        return Filters(
            text=found.get("q", ""),
            section=found.get("section"),
            priority=found.get("priority", ""),
            branch=found.get("branch"),
        )
