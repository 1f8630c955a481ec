"""The form at the desk: kind of visit, where, to whom, who pays."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Branch, Department, DepartmentKind, User
from accounts.queries import branches_of, staff_with_role
from core.forms import Form
from insurance.models import CaseRate, Coverage
from insurance.queries import valid_coverages
from patients.models import Patient
from patients.states import Payer, VisitKind
from queueing.queries import waiting_by_practitioner
from queueing.states import Priority

CARE = {DepartmentKind.OUTPATIENT, DepartmentKind.EMERGENCY}
# Admission to a ward is an act of its own; every other kind of visit begins at the desk.
KINDS: dict[VisitKind, set[DepartmentKind]] = {
    VisitKind.OUTPATIENT: CARE,
    VisitKind.EMERGENCY: CARE,
    VisitKind.VACCINATION: CARE,
    VisitKind.TELEMEDICINE: CARE,
    VisitKind.LABORATORY: {DepartmentKind.LABORATORY},
    VisitKind.PHARMACY: {DepartmentKind.PHARMACY},
}


class EnrolmentForm(Form):
    kind = forms.ChoiceField(label=_("Kind of visit"), choices=[(kind, VisitKind(kind).label) for kind in KINDS])
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none())
    practitioner = forms.ModelChoiceField(
        label=_("Doctor"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Whoever is free in the department"),
    )
    payer = forms.ChoiceField(label=_("Who pays"), choices=Payer.choices, initial=Payer.SELF)
    payer_note = forms.CharField(
        label=_("Insurer or employer"), max_length=120, required=False, help_text=_("Name and number of the policy")
    )
    coverage = forms.ModelChoiceField(
        label=_("Coverage"), queryset=Coverage.objects.none(), required=False, empty_label=_("None")
    )
    case_rate = forms.ModelChoiceField(label=_("Kind of case"), queryset=CaseRate.objects.none(), required=False)
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=[(Priority.NORMAL, Priority.NORMAL.label), (Priority.EMERGENCY, Priority.EMERGENCY.label)],
        initial=Priority.NORMAL,
    )
    reason = forms.CharField(
        label=_("Reason for coming"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(
        self, *args: Any, user: User, branch: Branch | None, patient: Patient | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        branches = branches_of(user)
        self.chosen_branch = self._chosen("branch", branches) or branch
        self.fields["branch"].queryset = Branch.objects.filter(pk__in=[one.pk for one in branches])
        self.fields["branch"].initial = self.chosen_branch
        self.fields["department"].queryset = _departments(self.chosen_branch)
        departments = list(self.fields["department"].queryset)
        self.chosen_department = self._chosen("department", departments) or self._usual(departments)
        self.fields["department"].initial = self.chosen_department
        self._offer_doctors()
        self._offer_coverages(patient)

    def _chosen(self, name: str, options: list[Any]) -> Any:
        """What the page asks for so far, by form or by address; unknown ids are left to validation."""
        wanted = self.data.get(self.add_prefix(name)) or self.initial.get(name) or ""
        return next((option for option in options if str(option.pk) == str(wanted)), None)

    def _usual(self, departments: list[Department]) -> Department | None:
        outpatient = [one for one in departments if one.kind == DepartmentKind.OUTPATIENT]
        return next(iter(outpatient or departments), None)

    def _offer_doctors(self) -> None:
        field = self.fields["practitioner"]
        field.queryset = staff_with_role("doctor", self.chosen_branch)
        waiting = {}
        if self.chosen_branch and self.chosen_department:
            waiting = waiting_by_practitioner(branch=self.chosen_branch, department=self.chosen_department)
        field.label_from_instance = lambda doctor: _with_count(str(doctor), waiting.get(doctor.pk, 0))
        field.empty_label = _with_count(str(field.empty_label), waiting.get(None, 0))

    def _offer_coverages(self, patient: Patient | None) -> None:
        """The patient's cards that are valid today; without any the form does not speak of them."""
        valid = valid_coverages(patient) if patient else []
        if not valid:
            del self.fields["coverage"], self.fields["case_rate"]
            return
        cards = self.fields["coverage"]
        cards.queryset = Coverage.objects.filter(pk__in=[one.pk for one in valid]).select_related("contract__payer")
        cards.label_from_instance = lambda one: f"{one.contract.payer} · {one.contract}"
        by_case = [one.contract_id for one in valid if one.contract.is_case_based]
        rates = self.fields["case_rate"]
        rates.queryset = CaseRate.objects.filter(contract__in=by_case, active=True).select_related("contract")
        rates.label_from_instance = lambda one: f"{one.name} · {one.money}"
        if not by_case:
            del self.fields["case_rate"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        department, kind = cleaned.get("department"), cleaned.get("kind")
        if department and kind and department.kind not in KINDS[kind]:
            self.add_error("department", _("This department does not receive visits of this kind."))
        if (
            not cleaned.get("coverage")
            and cleaned.get("payer") in (Payer.INSURANCE, Payer.EMPLOYER)
            and not cleaned.get("payer_note")
        ):
            self.add_error("payer_note", _("Name who pays."))
        return cleaned


def _departments(branch: Branch | None) -> Any:
    kinds = set().union(*KINDS.values())
    return Department.objects.filter(branch=branch, is_active=True, kind__in=kinds).order_by("code")


def _with_count(name: str, count: int) -> str:
    words = ngettext("%(name)s – %(count)d waiting", "%(name)s – %(count)d waiting", count)
    return words % {"name": name, "count": count}
