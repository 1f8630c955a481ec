"""Inputs that understand what people here type: Khmer digits, 21/11/2026 as well as 2026-11-21, spaces in phones."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩０１２３４５６７８９", "01234567890123456789")
_DAY_FIRST = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$")
_YEAR_FIRST = re.compile(r"^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")


def ascii_digits(text: str) -> str:
    """Khmer and full-width digits as ASCII, everything else untouched."""
    return text.translate(_DIGITS)


def iso_date(text: str) -> str:
    """21/11/2026, 21-11-2026 and 2026/11/21 as 2026-11-21; what is no date stays as typed, for the field to refuse."""
    text = ascii_digits(text).strip()
    if match := _DAY_FIRST.match(text):
        day, month, year = match.groups()
    elif match := _YEAR_FIRST.match(text):
        year, month, day = match.groups()
    else:
        return text
    return f"{year}-{int(month):02}-{int(day):02}"


def plain_number(text: str) -> str:
    """A number without spaces and thousands commas. "1,5" stays as it is and is refused: it could mean 1.5 or 15."""
    text = ascii_digits(text).replace(" ", "").replace("\u00a0", "").replace("\u200b", "")
    return text.replace(",", "") if _GROUPED.match(text) else text


class _TypedInput(forms.TextInput):
    """A text input whose typed value is put into one form before the field sees it."""

    attributes: Mapping[str, Any] = {}

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **self.attributes, **(attrs or {})})

    def understand(self, text: str) -> str:
        return text

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return self.understand(value) if isinstance(value, str) else value


class DecimalInput(_TypedInput):
    """A number from a decimal keypad, with its unit beside it. No spinner: a mouse wheel must not change a dose."""

    template_name = "components/widgets/decimal.html"
    attributes = {"inputmode": "decimal"}

    def __init__(self, attrs: Mapping[str, Any] | None = None, *, unit: Any = "", prefix: Any = "") -> None:
        super().__init__({key: value for key, value in (attrs or {}).items() if key not in {"step", "min", "max"}})
        self.unit, self.prefix = unit, prefix

    def understand(self, text: str) -> str:
        return plain_number(text)

    def format_value(self, value: Any) -> str | None:
        return None if value is None or value == "" else str(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"].update(unit=self.unit, prefix=self.prefix)
        return context


class DateInput(_TypedInput):
    """A date typed in either order; the calendar button beside it is only a help."""

    template_name = "components/widgets/date.html"
    attributes = {"inputmode": "numeric", "placeholder": _("YYYY-MM-DD"), "maxlength": 10, "data-date": "date"}

    def understand(self, text: str) -> str:
        return iso_date(text)

    def format_value(self, value: Any) -> str | None:
        return value.isoformat()[:10] if hasattr(value, "isoformat") else (value or None)


class DateTimeInput(_TypedInput):
    """A date and a time in the hospital's zone: 2026-11-21 14:30."""

    attributes = {"placeholder": _("YYYY-MM-DD HH:MM"), "maxlength": 16, "data-date": "datetime"}

    def understand(self, text: str) -> str:
        date, _space, time = ascii_digits(text).strip().replace("T", " ").partition(" ")
        return f"{iso_date(date)} {time.strip()}".strip()

    def format_value(self, value: Any) -> str | None:
        return value.strftime("%Y-%m-%d %H:%M") if hasattr(value, "strftime") else (value or None)


class TimeInput(_TypedInput):
    """A time of day: 14:30."""

    attributes = {"inputmode": "numeric", "placeholder": _("HH:MM"), "maxlength": 5}

    def understand(self, text: str) -> str:
        return ascii_digits(text).strip()

    def format_value(self, value: Any) -> str | None:
        return value.strftime("%H:%M") if hasattr(value, "strftime") else (value or None)


class PhoneInput(_TypedInput):
    """A phone number as people write it; the room that stores it normalises and checks it."""

    input_type = "tel"
    attributes = {"inputmode": "tel"}

    def understand(self, text: str) -> str:
        return " ".join(ascii_digits(text).split())


class ScanInput(_TypedInput):
    """An input that a barcode reader fills: it keeps the focus and sends its form at the reader's Enter."""

    attributes = {"data-scan": "", "autocapitalize": "off", "spellcheck": "false", "autofocus": True}

    def understand(self, text: str) -> str:
        return ascii_digits(text).strip()


class SegmentedChoice(forms.RadioSelect):
    """Two to five choices side by side, one press each (sex, priority, currency)."""

    template_name = "components/widgets/segmented.html"


class ChoiceCards(forms.RadioSelect):
    """Choices as cards with room for an explanation; a label may be (title, explanation)."""

    template_name = "components/widgets/cards.html"


class SearchSelect(forms.Select):
    """One row out of thousands (a diagnosis, a medicine), found by typing.

    ``url`` is asked for ``q`` by POST (``core.asking``) and answers with ``core.options.options_response``. Without
    JavaScript what was typed is sent as it is: ``search(text)`` then finds the row; one match is taken, several are
    offered as a list on the page that comes back.
    """

    template_name = "components/widgets/search_select.html"

    def __init__(
        self,
        url: str | Any,
        attrs: Mapping[str, Any] | None = None,
        *,
        search: Callable[[str], Iterable[Any]] | None = None,
        placeholder: Any = "",
        least: int = 2,
    ) -> None:
        super().__init__(dict(attrs or {}))
        self.url, self.search, self.placeholder, self.least = url, search, placeholder, least

    def text_name(self, name: str) -> str:
        return f"{name}_text"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        chosen = data.get(name) or ""
        typed = str(data.get(self.text_name(name)) or "").strip()
        if chosen or not typed:
            return chosen or None
        found = self._found(typed)
        return self._value(found[0]) if len(found) == 1 else typed

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and self.text_name(name) not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = forms.Widget.get_context(self, name, value, attrs)
        label = self._label_of(value)
        unresolved = bool(value) and label is None
        context["widget"].update(
            url=str(self.url),
            text_name=self.text_name(name),
            placeholder=self.placeholder,
            least=self.least,
            chosen=value if label is not None else "",
            label=label if label is not None else (value or ""),
            matches=[(self._value(row), str(row)) for row in self._found(value)] if unresolved else [],
        )
        return context

    def _found(self, text: str) -> list[Any]:
        return list(self.search(text))[:20] if self.search else []

    def _value(self, row: Any) -> str:
        return str(getattr(row, "pk", row))

    def _label_of(self, value: Any) -> str | None:
        """The words of the chosen row, or None when nothing that exists is chosen."""
        if value in (None, ""):
            return None
        choices: Any = self.choices
        if getattr(choices, "queryset", None) is None:
            return next((str(label) for key, label in choices if str(key) == str(value)), None)
        try:
            row = choices.field.to_python(value)
        except forms.ValidationError:
            return None
        return choices.field.label_from_instance(row) if row is not None else None
