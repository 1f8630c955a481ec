"""What the pages of the books take in."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Account
from billing.models.snapshot import SUFFIXES
from core.forms import Form

LONGEST = datetime.timedelta(days=366)


def last_of_month_before(day: datetime.date) -> datetime.date:
    return day.replace(day=1) - datetime.timedelta(days=1)


class PeriodForm(Form):
    """Days from one to another, both included; either may be left open."""

    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        days = super().clean() or {}
        if days.get("since") and days.get("until") and days["since"] > days["until"]:
            self.add_error("until", _("The last day lies before the first."))
        return days


class ExportForm(PeriodForm):
    """The days and the form in which the journal is taken out; a year at most."""

    CSV, HLEDGER = "csv", "hledger"
    shape = forms.ChoiceField(
        label=_("File format"), choices=[(CSV, _("Table (CSV)")), (HLEDGER, _("Journal as text (hledger)"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].required = self.fields["until"].required = True

    def clean(self) -> dict[str, Any]:
        days = super().clean()
        if days.get("since") and days.get("until") and days["until"] - days["since"] > LONGEST:
            self.add_error("until", _("Choose a year at most."))
        return days


class ClosingForm(Form):
    through = forms.DateField(label=_("Closed through"), help_text=_("The last day that is closed."))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class AccountForm(Form):
    """The hospital's own number and names of an account."""

    code = forms.RegexField(
        r"^[A-Za-z0-9.-]{1,20}$",
        label=_("Number"),
        error_messages={"invalid": _("Use letters, digits, dots and dashes.")},
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    name_km = forms.CharField(label=_("Name in Khmer"), max_length=120)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=120)

    @classmethod
    def of(cls, account: Account) -> dict[str, str]:
        return {name: getattr(account, name) for name in ("code", *(f"name_{suffix}" for suffix in SUFFIXES.values()))}

    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"name_{suffix}"] for code, suffix in SUFFIXES.items()}
