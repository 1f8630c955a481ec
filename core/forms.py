"""How forms look and what they understand: label, help and error beside the field, Khmer digits, both date orders.

Rooms derive from ``Form`` or ``ModelForm`` and render ``{{ form }}`` or ``{% field form.name %}``.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.template import Template
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.widgets import (
    ChoiceCards,
    DateInput,
    DateTimeInput,
    DecimalInput,
    PhoneInput,
    ScanInput,
    SearchSelect,
    SegmentedChoice,
    TimeInput,
)

__all__ = [
    "ChoiceCards",
    "DateInput",
    "DateTimeInput",
    "DecimalInput",
    "FieldRenderer",
    "Form",
    "ModelForm",
    "PhoneInput",
    "ScanInput",
    "SearchSelect",
    "SegmentedChoice",
    "TimeInput",
    "VersionedFormMixin",
    "add_domain_error",
]

NOTHING = "—"
DJANGOS_DASHES = "---------"
STALE = _(
    "Somebody else changed this record while you were working on it. What you typed is still here: "
    "compare it with the current values and save again to keep yours."
)


class Field(BoundField):
    """A field that knows its own look: classes by kind of widget, and which texts describe it to a screen reader."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        own = f"{widget.attrs.get('class', '')} {attrs.get('class', '')}".split()
        attrs["class"] = " ".join(dict.fromkeys([*_classes(widget), *own, *(["is-invalid"] if self.errors else [])]))
        attrs.pop("aria-describedby", None)
        if described := self.described_by:
            attrs["aria-describedby"] = described
        return {name: value for name, value in attrs.items() if value != ""}

    @property
    def described_by(self) -> str:
        """Ids of the help text and the error that stand beside the field."""
        if not self.auto_id:
            return ""
        parts = [f"{self.auto_id}_help" if self.help_text else "", f"{self.auto_id}_error" if self.errors else ""]
        return " ".join(part for part in parts if part)

    @property
    def is_single_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_group(self) -> bool:
        """Several inputs under one label: a fieldset with a legend, not a label for one id."""
        return isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


def _classes(widget: forms.Widget) -> list[str]:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return ["form-check-input"]
    if isinstance(widget, forms.Select) and not isinstance(widget, SearchSelect):
        return ["form-select"]
    return [] if widget.is_hidden else ["form-control"]


class FieldRenderer(DjangoTemplates):
    """Our own templates for forms, fields and errors; Django's for plain widgets."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
    formset_template_name = "components/formset.html"
    bound_field_class = Field

    def get_template(self, template_name: str) -> Template:
        if template_name == "django/forms/widgets/select.html":
            return get_template("components/select.html")  # type: ignore[return-value]
        if template_name.startswith("django/forms/widgets/"):
            return super().get_template(template_name)
        name = "components/errors.html" if template_name.startswith("django/forms/errors/") else template_name
        return get_template(name)  # type: ignore[return-value]


class _HouseForm:
    """What both kinds of form share: widgets that understand Khmer digits and both date orders."""

    required_css_class = "required"
    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            _adopt_widget(field)
            _name_nothing(field)
            _name_language(name, field)

    def focus_first_error(self) -> None:
        """Put the cursor where the first mistake is, so that a keyboard user need not look for it."""
        for name in self.errors:  # type: ignore[attr-defined]
            if name in self.fields:  # type: ignore[attr-defined]
                self.fields[name].widget.attrs["autofocus"] = True  # type: ignore[attr-defined]
                return


_OURS: list[tuple[type[forms.Field], type[forms.Widget], type[forms.Widget]]] = [
    (forms.DateTimeField, forms.DateTimeInput, DateTimeInput),
    (forms.DateField, forms.DateInput, DateInput),
    (forms.TimeField, forms.TimeInput, TimeInput),
    (forms.IntegerField, forms.NumberInput, DecimalInput),
]


def _adopt_widget(field: forms.Field) -> None:
    """Exchange Django's default widget of a date, time or number for ours; a widget chosen by the form stays."""
    for kind, plain, ours in _OURS:
        if isinstance(field, kind) and type(field.widget) is plain:
            widget = ours(attrs=field.widget.attrs)
            widget.is_required, widget.is_localized = field.widget.is_required, False
            if isinstance(widget, DecimalInput) and not isinstance(field, forms.DecimalField | forms.FloatField):
                widget.attrs["inputmode"] = "numeric"
            field.widget = widget
            return


def _name_nothing(field: forms.Field) -> None:
    """No choice is a dash, as everywhere else, and not a row of hyphens."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DJANGOS_DASHES:
            field.empty_label = NOTHING
    elif isinstance(field, forms.ChoiceField):
        choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
        if ("", DJANGOS_DASHES) in choices:
            field.choices = [("", NOTHING) if choice == ("", DJANGOS_DASHES) else choice for choice in choices]


def _name_language(name: str, field: forms.Field) -> None:
    """A name kept in three languages is asked for by the language's own name, not by its code."""
    for code, language in settings.LANGUAGES:
        label = str(field.label or "")
        if name.endswith(f"_{code.replace('-', '_')}") and label.endswith(f" [{code}]"):
            field.label = f"{label.removesuffix(f'[{code}]')}({language})"


class Form(_HouseForm, forms.Form):
    """A form with our look and understanding of input."""


class ModelForm(_HouseForm, forms.ModelForm):
    """A model form with our look and understanding of input."""


if TYPE_CHECKING:
    _ModelFormMixin = forms.ModelForm
else:
    _ModelFormMixin = object


class VersionedFormMixin(_ModelFormMixin):
    """For a ModelForm over a ``VersionedModel``: a page opened before somebody else saved is noticed.

    What was typed stays in the form, ``changed_meanwhile`` lists (label, current value) of the fields that differ, and
    the form then carries the new version, so that saving again is a knowing decision. The service that saves compares
    the version once more under its row lock.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed_meanwhile: list[tuple[str, Any]] = []
        self._current = self._current_values()
        version = getattr(self.instance, "version", None)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=version)

    def _current_values(self) -> dict[str, Any]:
        # Read before validation, because a ModelForm writes what was typed onto the instance.
        instance = self.instance
        if instance._state.adding:
            return {}
        return {name: getattr(instance, name, None) for name in self.fields if name != "version"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        instance = self.instance
        if not instance._state.adding and cleaned.pop("version", None) != instance.version:
            self._notice_change(instance.version)
        return cleaned

    def _notice_change(self, current_version: int) -> None:
        self.changed_meanwhile = [
            (str(self.fields[name].label or name), value)
            for name, value in self._current.items()
            if name in self.cleaned_data and self.cleaned_data[name] != value
        ]
        self.data: Any = self.data.copy()
        self.data[self.add_prefix("version")] = str(current_version)
        self.add_error(None, forms.ValidationError(STALE, code="stale"))


def add_domain_error(form: forms.BaseForm, error: DomainError) -> None:
    """Show the error beside the field it names, or above the form when it names none."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, forms.ValidationError(str(error), code=error.code))


def render_field(field: BoundField, **context: Any) -> SafeString:
    """Render one bound field with its label, help and error."""
    template = field.form.renderer.get_template(FieldRenderer.field_template_name)
    return template.render({"field": field, **context})
