from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form, ModelForm
from hospitals.models import DemoRequest, Hospital, Plan
from hospitals.models.hospital import RESERVED_SCHEMAS, schema_validator


class HospitalForm(Form):
    """A new hospital and its first owner."""

    schema_name = forms.CharField(
        label=_("Short name"),
        validators=[schema_validator],
        help_text=_("Part of its web address; small letters and digits, cannot be changed later."),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=150)
    name_km = forms.CharField(label=_("Name in Khmer"), max_length=150, required=False)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=150, required=False)
    address = forms.CharField(label=_("Address"), max_length=250, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    plan = forms.ModelChoiceField(label=_("Plan"), queryset=Plan.objects.all())
    owner_name = forms.CharField(label=_("Owner's name"), max_length=150)
    owner_username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{2,49}$",
        label=_("Owner's username"),
        initial="owner",
        error_messages={"invalid": _("Use 3 to 50 small letters, digits, dots or dashes.")},
    )
    owner_email = forms.EmailField(label=_("Owner's email"))

    def clean_schema_name(self) -> str:
        name = self.cleaned_data["schema_name"]
        if name in RESERVED_SCHEMAS or Hospital.objects.filter(schema_name=name).exists():
            raise forms.ValidationError(_("This short name is taken."))
        return name

    def facts(self) -> dict:
        """The cleaned values as create_hospital() takes them."""
        data = dict(self.cleaned_data)
        english = data.pop("name_en")
        data["names"] = {
            "name_en": english,
            "name_km": data.pop("name_km") or english,
            "name_zh_hans": data.pop("name_zh_hans") or english,
        }
        return data


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class PlanForm(ModelForm):
    class Meta:
        model = Plan
        fields = [
            "name_en",
            "name_km",
            "name_zh_hans",
            "description_en",
            "description_km",
            "description_zh_hans",
            "monthly_usd",
            "max_branches",
            "max_staff",
            "max_patients",
            "is_offered",
        ]


class DemoRequestForm(ModelForm):
    class Meta:
        model = DemoRequest
        fields = ["name", "hospital_name", "email", "phone", "message"]
