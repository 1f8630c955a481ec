"""What the pages of debts take in: a plan of parts, and the rules of reminders."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.dues import dates_from, equal_parts
from billing.models import Invoice
from core.clock import today
from core.forms import Form, SegmentedChoice
from core.preference_forms import PreferenceForm

MOST_PARTS = 24


class PlanForm(Form):
    """Equal parts from a day on; the last one takes what is left over."""

    times = forms.IntegerField(label=_("Number of parts"), min_value=2, max_value=MOST_PARTS, initial=3)
    first_on = forms.DateField(label=_("First part due on"))
    every = forms.ChoiceField(
        label=_("Then every"),
        choices=[
            ("week", pgettext_lazy("every", "Week")),
            ("fortnight", pgettext_lazy("every", "Two weeks")),
            ("month", pgettext_lazy("every", "Month")),
        ],
        initial="month",
        widget=SegmentedChoice,
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invoice = invoice

    def clean_first_on(self) -> datetime.date:
        first: datetime.date = self.cleaned_data["first_on"]
        if first < today():
            raise forms.ValidationError(_("Choose today or a later day."), code="past")
        return first

    def clean_times(self) -> int:
        times: int = self.cleaned_data["times"]
        if not all(equal_parts(self.invoice.balance, times, self.invoice.currency)):
            raise forms.ValidationError(_("The amount is too small for so many parts."), code="small")
        return times

    def parts(self) -> list[tuple[datetime.date, Decimal]]:
        data = self.cleaned_data
        days = dates_from(data["first_on"], data["times"], data["every"])
        return list(zip(days, equal_parts(self.invoice.balance, data["times"], self.invoice.currency), strict=True))


class ReminderRulesForm(PreferenceForm):
    """After how many days overdue each reminder goes out."""

    keys = ("billing.reminder_1", "billing.reminder_2", "billing.reminder_3")
