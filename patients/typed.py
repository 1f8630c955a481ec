"""What stands in a half-filled registration form, as far as it can be read already."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from core.text import PhoneNotValid, normalise_phone
from patients.birth_dates import BirthDate, from_age, read_birth_date
from patients.models import Patient

_NATIVE = re.compile("[\u1780-\u17ff\u3400-\u9fff]")
Value = TypeVar("Value")


def typed_patient(data: Mapping[str, str]) -> Patient:
    """Return an unsaved patient for comparing; what cannot be read yet is left empty."""
    birth = _or_none(lambda: read_birth_date(data.get("birth_date", ""))) or _age(data)
    names = ("family_name", "given_name", "native_family_name", "native_given_name")
    patient = Patient(
        **{name: data.get(name, "").strip()[:60] for name in names},
        phone=_or_none(lambda: normalise_phone(data.get("phone", ""))) or "",
        phone_other=_or_none(lambda: normalise_phone(data.get("phone_other", ""))) or "",
        commune=data.get("commune", "")[:6],
        village=data.get("village", "")[:80],
    )
    if birth:
        patient.birth_date, patient.birth_date_precision = birth.day, birth.precision
    return patient


def names_from(text: str) -> dict[str, str]:
    """Split a name typed into the search into the form's fields: family name first; digits are a phone."""
    text = " ".join(text.split())[:120]
    if not text:
        return {}
    if not re.search(r"[^\d\s()+.-]", text):
        return {"phone": text}
    family, _space, given = text.partition(" ")
    if _NATIVE.search(text):
        return {"native_family_name": family, "native_given_name": given}
    return {"family_name": family.title(), "given_name": given.title()}


def _age(data: Mapping[str, str]) -> BirthDate | None:
    unit = data.get("age_unit", "years")
    return _or_none(lambda: from_age(int(data.get("age", "")), unit))


def _or_none(read: Callable[[], Value]) -> Value | None:
    try:
        return read()
    except (ValueError, OverflowError, PhoneNotValid):
        return None
