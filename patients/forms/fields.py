"""Fields that understand what a receptionist types."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import PhoneInput
from core.text import PhoneNotValid, normalise_phone
from patients.birth_dates import BirthDate, is_possible, read_birth_date

_NAME_MARKS = set(" .-'’·\u200b\u200c\u200d")


class NameField(forms.CharField):
    """A part of a name in any script: letters and their signs, no digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 60, "required": False, **kwargs})
        self.widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        name = " ".join(super().clean(value).split())
        if any(sign.isdigit() or sign in '<>{}[]@#$%^&*_=+|\\/"' for sign in name):
            raise ValidationError(_("A name has letters only."), code="name")
        return name


class PhoneField(forms.CharField):
    """A telephone number; cleaned to E.164."""

    widget = PhoneInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 25, **kwargs})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return normalise_phone(text)
        except PhoneNotValid as error:
            raise ValidationError(str(error), code=error.code) from error


class BirthDateField(forms.CharField):
    """A birth date as far as it is known; cleaned to patients.birth_dates.BirthDate or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 10, "required": False, **kwargs})
        self.widget.attrs.update({"autocomplete": "off", "inputmode": "numeric", "placeholder": _("YYYY-MM-DD")})

    def clean(self, value: Any) -> BirthDate | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            birth = read_birth_date(text)
        except ValueError as error:
            raise ValidationError(_("Enter a date such as 31/12/1984, 12/1984 or 1984."), code="date") from error
        if not is_possible(birth.day):
            raise ValidationError(_("Nobody alive was born on this day."), code="impossible_date")
        return birth
