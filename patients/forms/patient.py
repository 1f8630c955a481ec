"""The registration form: fields in the order in which a receptionist asks."""

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import today
from core.forms import DateInput, DecimalInput, Form, SearchSelect, SegmentedChoice, VersionedFormMixin
from core.text import show_phone
from patients import birth_dates, lists
from patients.access import sight_of
from patients.forms.address import AddressMixin
from patients.forms.fields import BirthDateField, NameField, PhoneField
from patients.identifiers import identifier_type, identifier_types, normalise_identifier
from patients.models import Family, Patient
from patients.states import BloodGroup, Confidentiality, ConsentPurpose, Relationship, Sex

NAMES = ["family_name", "given_name", "native_family_name", "native_given_name"]
PLAIN = [
    *NAMES,
    *["sex", "phone", "phone_other", "email", "province", "district", "commune", "village", "street"],
    *["nationality", "occupation", "preferred_language", "blood_group", "confidentiality", "deceased_on"],
]
UNITS = [
    ("years", pgettext_lazy("age", "years")),
    ("months", pgettext_lazy("age", "months")),
    ("days", pgettext_lazy("age", "days")),
]
NO_CHOICE = [("", "—")]
ASKED_AT_THE_DESK = [ConsentPurpose.TREATMENT, ConsentPurpose.REMINDERS, ConsentPurpose.CAMPAIGNS]


class PatientForm(VersionedFormMixin, AddressMixin, Form):
    """Registers a patient, or changes one when given an ``instance``."""

    family_name = NameField(label=_("Family name"))
    given_name = NameField(label=_("Given name"))
    native_family_name = NameField(label=_("Family name in Khmer"))
    native_given_name = NameField(label=_("Given name in Khmer"))
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, widget=SegmentedChoice)
    birth_date = BirthDateField(label=_("Birth date"), help_text=_("Also 31/12/1984, 12/1984 or only 1984."))
    age = forms.IntegerField(
        label=_("or age"),
        required=False,
        min_value=0,
        max_value=40_000,
        widget=DecimalInput({"maxlength": 5, "inputmode": "numeric"}),
    )
    age_unit = forms.ChoiceField(label=_("Unit of age"), choices=UNITS, required=False)
    phone = PhoneField(label=_("Phone"))
    phone_other = PhoneField(label=_("Second phone"), required=False)
    email = forms.EmailField(label=_("Email"), required=False, max_length=120)
    contact_name = forms.CharField(label=_("Emergency contact"), max_length=120)
    contact_relationship = forms.ChoiceField(label=_("Relationship"), choices=[*NO_CHOICE, *Relationship.choices])
    contact_phone = PhoneField(label=_("Phone of the contact"))
    national_id = forms.CharField(label=_("National ID"), required=False, max_length=30, help_text=_("Nine digits"))
    other_type = forms.ChoiceField(label=_("Other card"), required=False)
    other_number = forms.CharField(label=_("Number of the card"), required=False, max_length=40)
    nationality = forms.ChoiceField(label=_("Nationality"))
    occupation = forms.ChoiceField(label=_("Occupation"), required=False)
    preferred_language = forms.ChoiceField(label=_("Preferred language"), choices=settings.LANGUAGES)
    blood_group = forms.ChoiceField(label=_("Blood group"), required=False, choices=[*NO_CHOICE, *BloodGroup.choices])
    confidentiality = forms.ChoiceField(label=_("Confidentiality"), choices=Confidentiality.choices)
    deceased_on = forms.DateField(label=_("Date of death"), required=False, widget=DateInput)
    family = forms.ModelChoiceField(label=_("Joins the family of"), queryset=Family.objects.none(), required=False)

    def __init__(self, *args: Any, user: User, instance: Patient | None = None, **kwargs: Any) -> None:
        self.user, self.instance = user, instance or Patient(nationality="KH", preferred_language="km")
        kwargs["initial"] = {**self._stored_values(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["nationality"].choices = lists.choices(lists.nationalities())
        self.fields["occupation"].choices = lists.choices(lists.occupations(), empty=True)
        others = [(key, kind.name) for key, kind in identifier_types().items() if key != "national_id"]
        self.fields["other_type"].choices = [*NO_CHOICE, *others]
        self._fit_to_user()
        self.offer_divisions()

    def _fit_to_user(self) -> None:
        if not self.user.may("patient:restrict"):
            del self.fields["confidentiality"]
        if self.is_new:
            del self.fields["deceased_on"]
            self.fields["family"].queryset = Family.objects.select_related("head")
            self.fields["family"].widget = SearchSelect(
                reverse_lazy("patients:family-options"), placeholder=_("Name, phone or number of a member")
            )
            self.fields["family"].widget.choices = self.fields["family"].choices
            self.fields["family"].label_from_instance = partial(family_label, user=self.user)
            if self.user.may("consent:record"):
                for purpose in ASKED_AT_THE_DESK:
                    self.fields[f"consent_{purpose}"] = forms.BooleanField(label=purpose.label, required=False)
        else:
            del self.fields["family"]

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        """What the patient is asked while being registered; unticked is not asked, never refused."""
        return [self[name] for name in self.fields if name.startswith("consent_")]

    def agreed_to(self) -> list[str]:
        """The purposes that were ticked."""
        return [purpose for purpose in ASKED_AT_THE_DESK if self.cleaned_data.get(f"consent_{purpose}")]

    @property
    def is_new(self) -> bool:
        return self.instance._state.adding

    def _stored_values(self) -> dict[str, Any]:
        """What the form shows before anything is typed; also what a stale page is compared with."""
        patient = self.instance
        values: dict[str, Any] = {name: getattr(patient, name) for name in PLAIN}
        values["age_unit"] = "years"
        if self.is_new:
            return values
        contact = patient.emergency_contacts.first()
        numbers = {row.type: row.value for row in patient.identifiers.all()}
        other = next((key for key in numbers if key != "national_id"), "")
        return values | {
            "birth_date": birth_dates.written(patient.birth_date, patient.birth_date_precision),
            "phone": show_phone(patient.phone),
            "phone_other": show_phone(patient.phone_other) if patient.phone_other else "",
            "contact_name": contact.name if contact else "",
            "contact_relationship": contact.relationship if contact else "",
            "contact_phone": show_phone(contact.phone) if contact else "",
            "national_id": numbers.get("national_id", ""),
            "other_type": other,
            "other_number": numbers.get(other, ""),
        }

    def _current_values(self) -> dict[str, Any]:
        if self.is_new:
            return {}
        return {name: getattr(self.instance, name) for name in PLAIN if name in self.fields}

    def clean_national_id(self) -> str:
        return _identifier("national_id", self.cleaned_data["national_id"])

    def clean_deceased_on(self) -> Any:
        day = self.cleaned_data["deceased_on"]
        if day and day > today():
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._require_name(cleaned)
        self._require_birth(cleaned)
        self._require_other_number(cleaned)
        born, died = cleaned.get("birth"), cleaned.get("deceased_on")
        if born and died and died < born.day:
            self.add_error("deceased_on", forms.ValidationError(_("This is before the birth."), code="order"))
        return cleaned

    def _require_name(self, cleaned: dict[str, Any]) -> None:
        latin = [cleaned.get(name) for name in NAMES[:2]]
        native = [cleaned.get(name) for name in NAMES[2:]]
        if all(latin) or all(native) or self.errors.keys() & set(NAMES):
            return
        message = forms.ValidationError(
            _("Enter the family name and the given name in at least one script."), code="required"
        )
        first_empty = next(name for name in NAMES if not cleaned.get(name))
        self.add_error(first_empty if any(latin) or not any(native) else NAMES[2], message)

    def _require_birth(self, cleaned: dict[str, Any]) -> None:
        cleaned["birth"] = cleaned.get("birth_date")
        age, unit = cleaned.get("age"), cleaned.get("age_unit") or "years"
        if "birth_date" in self.errors or "age" in self.errors or cleaned["birth"]:
            return
        if age is None:
            self.add_error(
                "birth_date", forms.ValidationError(_("Enter the birth date or an estimated age."), code="required")
            )
        elif age > birth_dates.OLDEST * {"years": 1, "months": 12, "days": 366}[unit]:
            self.add_error("age", forms.ValidationError(_("Nobody is this old."), code="impossible_age"))
        else:
            cleaned["birth"] = birth_dates.from_age(age, unit)

    def _require_other_number(self, cleaned: dict[str, Any]) -> None:
        key, number = cleaned.get("other_type"), cleaned.get("other_number")
        if key and not number:
            self.add_error("other_number", forms.ValidationError(_("Enter the number of the card."), code="required"))
        elif number and not key:
            self.add_error("other_type", forms.ValidationError(_("Say which card this is."), code="required"))
        elif key:
            try:
                cleaned["other_number"] = _identifier(key, number or "")
            except forms.ValidationError as error:
                self.add_error("other_number", error)

    def details(self) -> dict[str, Any]:
        """Return the patient's own columns."""
        values = {name: self.cleaned_data[name] for name in PLAIN if name in self.cleaned_data}
        birth = self.cleaned_data.get("birth")
        return values | ({"birth_date": birth.day, "birth_date_precision": birth.precision} if birth else {})

    def contact(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"contact_{name}"] for name in ("name", "relationship", "phone")}

    def identifiers(self) -> dict[str, str]:
        """Return numbers by type; an emptied one comes back empty so that it is removed."""
        numbers = {"national_id": self.cleaned_data.get("national_id", "")}
        before = self.initial.get("other_type")
        if before and before != self.cleaned_data.get("other_type"):
            numbers[before] = ""
        if key := self.cleaned_data.get("other_type"):
            numbers[key] = self.cleaned_data["other_number"]
        return numbers


def family_label(family: Family, user: User) -> str:
    """How a family is offered: its number and, where the user may know, whose it is."""
    head = family.head if family.head and sight_of(user).sees(family.head) else None
    return f"{family.number} · {head.full_name}" if head else family.number


def _identifier(key: str, text: str) -> str:
    value = normalise_identifier(text)
    kind = identifier_type(key)
    if value and not kind.accepts(value):
        message = _("This number does not look like %(example)s.")
        raise forms.ValidationError(message, params={"example": kind.example}, code="pattern")
    return value
