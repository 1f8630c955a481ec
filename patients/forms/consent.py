from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.forms import Form, ModelForm, SegmentedChoice
from patients.models import Consent, ConsentText
from patients.states import ConsentDecision, ConsentGiver, ConsentMethod, Relationship


class ConsentForm(Form):
    """What the patient, or a guardian, decided about one text."""

    decision = forms.ChoiceField(
        label=pgettext_lazy("consent", "Decision"), choices=ConsentDecision.choices, widget=SegmentedChoice
    )
    given_by = forms.ChoiceField(
        label=pgettext_lazy("consent", "Who decides"), choices=ConsentGiver.choices, widget=SegmentedChoice
    )
    guardian_name = forms.CharField(label=_("Name of the guardian"), max_length=120, required=False)
    guardian_relation = forms.ChoiceField(
        label=_("Relationship"), choices=[("", "—"), *Relationship.choices], required=False
    )
    method = forms.ChoiceField(
        label=pgettext_lazy("consent", "How"), choices=ConsentMethod.choices, widget=SegmentedChoice
    )
    witness = forms.ModelChoiceField(label=_("Witness"), queryset=User.objects.none(), required=False)
    remark = forms.CharField(label=_("Remark"), max_length=300, required=False)

    def __init__(self, *args: Any, user: User, last: Consent | None, guardian: bool, **kwargs: Any) -> None:
        giver = ConsentGiver.GUARDIAN if guardian else ConsentGiver.PATIENT
        kwargs.setdefault("initial", {"given_by": giver, "method": ConsentMethod.PAPER})
        super().__init__(*args, **kwargs)
        self.fields["witness"].queryset = User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("full_name")
        if last is None or last.decision != ConsentDecision.PERMIT:
            self.fields["decision"].choices = [
                choice for choice in ConsentDecision.choices if choice[0] != ConsentDecision.WITHDRAWN
            ]

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or {})
        if cleaned.get("given_by") == ConsentGiver.GUARDIAN:
            for name in ("guardian_name", "guardian_relation"):
                if not cleaned.get(name):
                    self.add_error(name, forms.ValidationError(_("Say who decides for the patient."), code="required"))
        else:
            cleaned |= {"guardian_name": "", "guardian_relation": ""}
        return cleaned


class ConsentTextForm(ModelForm):
    """The next version of a purpose's text."""

    class Meta:
        model = ConsentText
        fields = ["title_en", "title_km", "title_zh_hans", "text_en", "text_km", "text_zh_hans", "asks_anew"]
        widgets = {f"text_{language}": forms.Textarea({"rows": 5}) for language in ("en", "km", "zh_hans")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields[:6]:
            self.fields[name].required = True
        self.fields["asks_anew"].help_text = _("What was agreed to before does not count any more.")
