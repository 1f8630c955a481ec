from functools import partial
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import Form, SearchSelect
from patients.access import sight_of
from patients.forms.patient import family_label
from patients.models import Family, Patient


class FamilyJoinForm(Form):
    """Choose the family a patient moves into."""

    family = forms.ModelChoiceField(label=_("Joins the family of"), queryset=Family.objects.select_related("head"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["family"]
        field.widget = SearchSelect(
            reverse_lazy("patients:family-options"), placeholder=_("Name, phone or number of a member")
        )
        field.widget.choices = field.choices
        field.label_from_instance = partial(family_label, user=user)


class FamilyHeadForm(Form):
    """Choose which member heads the family."""

    head = forms.ModelChoiceField(label=_("Head of the family"), queryset=Patient.objects.none())

    def __init__(self, *args: Any, family: Family, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["head"].queryset = family.members.filter(sight_of(user).of())
        self.fields["head"].label_from_instance = lambda patient: patient.full_name
