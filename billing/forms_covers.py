"""Who pays for a visit, chosen at the cash desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form
from insurance.models import CaseRate, Coverage, VisitCoverage
from insurance.queries import valid_coverages


class CoverForm(Form):
    """One of the patient's valid coverages, or the patient; the kind of case where the payer pays by case."""

    coverage = forms.ModelChoiceField(
        label=_("Who pays"), queryset=Coverage.objects.none(), required=False, empty_label=_("The patient")
    )
    case_rate = forms.ModelChoiceField(
        label=_("Kind of case"), queryset=CaseRate.objects.none(), required=False,
        help_text=_("Only for payers that pay one fee for a case."),
    )  # fmt: skip

    def __init__(self, *args: Any, visit: Any, row: VisitCoverage | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = valid_coverages(visit.patient, visit.date)
        self.fields["coverage"].queryset = Coverage.objects.filter(pk__in=[one.pk for one in found]).select_related(
            "contract__payer"
        )
        self.fields["coverage"].label_from_instance = lambda one: f"{one.contract.payer} · {one.contract}"
        contracts = [one.contract_id for one in found if one.contract.is_case_based]
        self.fields["case_rate"].queryset = CaseRate.objects.filter(contract__in=contracts, active=True).select_related(
            "contract"
        )
        self.fields["case_rate"].label_from_instance = lambda one: f"{one.name} · {one.money}"
        if not contracts:
            del self.fields["case_rate"]
        if row is not None:
            self.initial = {"coverage": row.coverage_id, "case_rate": row.case_rate_id}
