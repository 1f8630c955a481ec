import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.permissions import PLATFORM_ROLES
from accounts.permissions import ROLES as STAFF_ROLES
from core.forms import DateInput, Form
from hospitals.models import Hospital
from oversight.queries.trail import TrailFilter
from oversight.states import OPEN, Outcome
from oversight.words import PLATFORM_TABLES, ROOMS, TABLES, room_of
from patients.models import Patient

# A search is itself noted in the trail: only what can be an id gets there, never a typed name.
ROW_ID = re.compile(r"[0-9a-f-]{32,36}|[1-9]\d{0,7}|[a-z_]+\.[a-z_.]+", re.IGNORECASE)
KINDS = [
    ("", _("Everything")),
    ("read", pgettext_lazy("trail", "Read")),
    ("print", _("Printed")),
    ("export", _("Exported")),
    ("insert", _("Created")),
    ("update", _("Changed")),
    ("delete", _("Deleted")),
    ("sign_in", _("Sign-in")),
    ("refused", pgettext_lazy("trail", "Refused")),
    ("permission", _("Change of permissions")),
    ("glass", _("Glass broken")),
    ("impersonation", _("Visit of support")),
    ("trail_read", _("Trail read")),
    ("event", _("Any event")),
]


OF_PATIENTS = {"read", "print", "export", "glass"}  # kinds that the platform's trail cannot hold
OF_STAFF = {f"room:{room}" for room in ("accounts", "core", "notifications", "mfa", "audit")}


class TrailForm(Form):
    """What one looks for in the trail; the record is a number of the trail, or a patient's record number."""

    who = forms.ChoiceField(label=_("Person"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=KINDS)
    table = forms.ChoiceField(label=_("Where"), required=False)
    record = forms.CharField(label=_("Record"), required=False, max_length=64)
    since = forms.DateField(label=pgettext_lazy("date", "From"), required=False, widget=DateInput())
    until = forms.DateField(label=pgettext_lazy("date", "Until"), required=False, widget=DateInput())
    address = forms.CharField(label=_("Network address"), required=False, max_length=64)
    request_id = forms.CharField(label=_("Request id"), required=False, max_length=64)

    roles: Mapping[str, Any] = STAFF_ROLES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.order_by("full_name").values_list("pk", "full_name", "username")
        self.fields["who"].choices = [
            ("", _("Everybody")),
            *((str(pk), f"{name or login} ({login})") for pk, name, login in people),
        ]
        self.fields["role"].choices = [("", _("Every role")), *self.roles.items()]
        self.fields["table"].choices = [("", _("Everywhere")), *self.places()]

    def places(self) -> list[Any]:
        return _places()

    def clean_record(self) -> str:
        """A patient's record number stands for the patient's row."""
        text = self.cleaned_data["record"].strip()
        patient = Patient.objects.filter(mrn=text.upper()).values_list("pk", flat=True).first() if text else None
        if patient is None and text and not ROW_ID.fullmatch(text):
            raise forms.ValidationError(_("Give a record number, or the id of a row. The trail knows no names."))
        return str(patient) if patient else text

    def asked(self) -> TrailFilter:
        """The filter; fields that do not make sense are left out."""
        return TrailFilter(**_given(self))


def _places() -> list[Any]:
    """Rooms, and below each its tables."""
    places = []
    for room, label in dict(sorted(ROOMS.items(), key=lambda item: str(item[1]))).items():
        tables = [(table, name) for table, name in TABLES.items() if room_of(table) == room]
        if tables:
            places.append((label, [(f"room:{room}", label), *tables]))
    return places


def _given(form: Form) -> dict[str, Any]:
    """What was filled in and makes sense."""
    form.is_valid()
    return {name: value for name, value in getattr(form, "cleaned_data", {}).items() if value}


class ConsoleTrailForm(TrailForm):
    """What one looks for in the platform's own trail; a hospital stands for everything that was done about it."""

    hospital = forms.ModelChoiceField(
        label=_("Hospital"), required=False, queryset=Hospital.objects.order_by("name"), empty_label=_("Every hospital")
    )
    field_order = ("who", "hospital")
    roles = PLATFORM_ROLES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [one for one in KINDS if one[0] not in OF_PATIENTS]

    def places(self) -> list[Any]:
        platform = sorted(PLATFORM_TABLES.items(), key=lambda item: str(item[1]))
        return [(_("Platform"), platform), *(place for place in _places() if place[1][0][0] in OF_STAFF)]

    def clean_record(self) -> str:
        return self.cleaned_data["record"].strip()

    def asked(self) -> TrailFilter:
        return TrailFilter(**{name: value for name, value in _given(self).items() if name != "hospital"})

    @property
    def of_hospital(self) -> Hospital | None:
        return _given(self).get("hospital")


class MyTrailForm(Form):
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=KINDS)
    since = forms.DateField(label=pgettext_lazy("date", "From"), required=False, widget=DateInput())
    until = forms.DateField(label=pgettext_lazy("date", "Until"), required=False, widget=DateInput())

    def asked(self, who: str) -> TrailFilter:
        return TrailFilter(who=who, **_given(self))


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class AlertFilterForm(Form):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[(OPEN, pgettext_lazy("alert", "Open")), *Outcome.choices, ("all", _("All"))],
    )


class DecisionForm(Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
