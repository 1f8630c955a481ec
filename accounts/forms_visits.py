from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.forms import DateInput, Form

LONGEST_DAYS = 30


class ConsentForm(Form):
    """Until which day support may look; empty for not at all."""

    until = forms.DateField(
        label=_("Support may look until"),
        required=False,
        widget=DateInput,
        help_text=_("At most thirty days from now. Empty: nobody may, and a visit that runs ends at once."),
    )

    def clean_until(self) -> date | None:
        until = self.cleaned_data["until"]
        if until and not today() <= until <= today() + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Choose a day within the next thirty days."))
        return until
