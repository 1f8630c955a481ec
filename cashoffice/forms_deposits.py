"""What the pages of deposits and closed days take in."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Shift
from cashoffice.forms_vouchers import CashForm
from cashoffice.queries.deposits import Brought
from core.clock import today
from core.forms import Form


class DepositForm(CashForm):
    """Which accepted shifts go to the bank, and how much of what they brought."""

    shifts = forms.MultipleChoiceField(
        label=_("Accepted shifts"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one shift.")},
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    field_order = ("shifts", "usd", "khr", "note")

    def __init__(self, *args: Any, brought: Sequence[Brought], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brought = {str(row.shift.pk): row for row in brought}
        field = self.fields["shifts"]
        field.choices = [(key, _in_words(row)) for key, row in self.brought.items()]  # type: ignore[attr-defined]
        field.initial = list(self.brought)
        self.fields["usd"].initial = _notes(sum((row.usd for row in brought), Decimal(0)), 1)
        self.fields["khr"].initial = _notes(sum((row.khr for row in brought), Decimal(0)), 100)

    def chosen(self) -> list[Shift]:
        return [self.brought[key].shift for key in self.cleaned_data["shifts"]]


def _in_words(row: Brought) -> str:
    sums = " + ".join(str(money) for money in row.moneys)
    return f"{row.shift.number} · {row.shift.cashier} · {sums}"


def _notes(amount: Decimal, step: int) -> Decimal | None:
    """What of an amount can be handed over in notes; nothing where nothing came."""
    return max(amount - amount % step, Decimal(0)).quantize(Decimal(1)) or None


class SlipForm(Form):
    slip = forms.CharField(label=_("Number of the bank's slip"), max_length=40)


class DayForm(Form):
    """Which day is closed."""

    day = forms.DateField(label=_("Day"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean_day(self) -> datetime.date:
        day = self.cleaned_data["day"]
        if day > today():
            raise forms.ValidationError(_("Choose a day that has begun."))
        return day
