"""What the reports are asked for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch
from billing.forms_ledger import PeriodForm
from core.clock import today
from core.forms import Form
from reports.queries.money.definitions import Report
from reports.queries.money.grouping import Period


class BranchChoice(Form):
    branch = forms.ModelChoiceField(
        Branch.objects.order_by("code"), label=_("Branch"), required=False, empty_label=_("All branches")
    )


class ReportForm(BranchChoice, PeriodForm):
    """Days, branch and grouping; this month by the first grouping where nothing was chosen."""

    field_order = ["since", "until", "branch", "by"]
    by = forms.TypedChoiceField(label=_("Grouped by"), required=False, coerce=int, empty_value=None)

    def __init__(self, asked: Mapping[str, Any], *, report: Report | None = None) -> None:
        this_month = {"since": f"{today().replace(day=1):%Y-%m-%d}", "until": f"{today():%Y-%m-%d}"}
        super().__init__({**this_month, **{name: asked[name] for name in asked}})
        if report is None or len(report.groupings) < 2:
            del self.fields["by"]
        else:
            self.fields["by"].choices = [
                (place, ", ".join(str(one.label) for one in grouping))
                for place, grouping in enumerate(report.groupings)
            ]
        if report and report.standing:
            del self.fields["since"]

    def period(self) -> Period:
        """The days asked for; what is missing or wrong is today's month."""
        asked, until = self.cleaned_data, self.cleaned_data.get("until") or today()
        branch = asked.get("branch")
        return Period(asked.get("since") or until.replace(day=1), until, branch.pk if branch else None)


class AgeingForm(BranchChoice):
    """Debts by their age; one bucket of them where one was opened."""

    bucket = forms.TypedChoiceField(
        choices=[(place, place) for place in range(4)],
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.HiddenInput,
    )
