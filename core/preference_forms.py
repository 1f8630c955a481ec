"""Forms over a hospital's own rules: one field for each declared preference, within its limits, and why it changes."""

from datetime import time
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import RecordChanged
from core.forms import Form, add_domain_error
from core.preferences import Declared, change_preferences, declared, mark_of, preference

SHORTEST_REASON = 10


def field_of(one: Declared) -> forms.Field:
    """A field for one preference: a choice, a switch, a time of day, or a whole number within its bounds."""
    words = {"label": one.label, "help_text": one.help or _limits_of(one), "initial": preference(one.key)}
    if one.choices:
        return forms.ChoiceField(choices=one.choices, **words)
    if one.kind is bool:
        return forms.BooleanField(required=False, **words)
    if one.kind is time:
        return forms.TimeField(**words)
    return forms.IntegerField(min_value=one.least, max_value=one.most, **words)


def _limits_of(one: Declared) -> str | Promise:
    if one.kind is not int or one.least is None or one.most is None:
        return ""
    return format_lazy(_("From {least} to {most}."), least=one.least, most=one.most)


class PreferenceForm(Form):
    """The preferences named in ``keys``, with a reason and a mark of the answers that were on the page.

    Whoever saves over another's newer answers is told, and nothing is stored.
    """

    keys: tuple[str, ...] = ()
    reason = forms.CharField(label=_("Reason for the change"), min_length=SHORTEST_REASON, max_length=300)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {one.key: one for one in declared()}
        asked = {key.partition(".")[2]: field_of(known[key]) for key in self.keys}
        self.fields = {**asked, **self.fields}
        self.fields["seen"].initial = mark_of(self.keys)

    @property
    def answers(self) -> dict[str, Any]:
        """The cleaned values by the preferences' keys."""
        return {key: self.cleaned_data[key.partition(".")[2]] for key in self.keys}

    def store(self, *, by: Any) -> bool:
        """Store the answers; where somebody was quicker, say so and let the typed ones be saved over theirs."""
        try:
            change_preferences(self.answers, reason=self.cleaned_data["reason"], seen=self.cleaned_data["seen"], by=by)
        except RecordChanged as error:
            add_domain_error(self, error)
            self.data = {**dict(self.data.items()), "seen": mark_of(self.keys)}
            return False
        return True
