"""What the pages of payers, contracts and coverages take in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import today
from core.forms import DecimalInput, Form, ModelForm, SegmentedChoice, VersionedFormMixin
from core.money import fits
from insurance.models import CaseRate, Contract, Coverage, Payer
from insurance.queries import open_contracts
from insurance.states import Eligibility
from patients.states import Payer as VisitPayer

NAMES = ["name_en", "name_km", "name_zh_hans"]
CATEGORIES = [
    ("consultation", _("Consultation")),
    ("laboratory", _("Laboratory")),
    ("pharmacy", _("Pharmacy")),
    ("procedure", _("Procedure")),
    ("imaging", _("Imaging")),
    ("ward", pgettext_lazy("service", "Ward")),
    ("vaccination", _("Vaccination")),
    ("other", pgettext_lazy("service", "Other")),
]


def percent_field(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, max_digits=5, decimal_places=2, required=required,
        widget=DecimalInput(unit="%"),
    )  # fmt: skip


def _amount(label: Any, *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_digits=12, decimal_places=2, required=required, widget=DecimalInput
    )


def as_share(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else (percent / 100).quantize(Decimal("0.0001"))


class PayerForm(VersionedFormMixin, ModelForm):
    class Meta:
        model = Payer
        fields = ["code", *NAMES, "kind", "visit_payer", "appeal_days", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_en"].required = True
        choices = [one for one in VisitPayer.choices if one[0] != VisitPayer.SELF]
        self.fields["visit_payer"] = forms.ChoiceField(label=_("Payer of a visit"), choices=choices)
        if not self.instance._state.adding:
            self.fields["code"].disabled = True

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ContractForm(VersionedFormMixin, ModelForm):
    """A contract's terms; the co-pay is typed in per cent and kept as a share."""

    percent = percent_field(_("Co-pay"))

    class Meta:
        model = Contract
        fields = [
            *("code", *NAMES, "currency", "payment", "valid_from", "valid_to"),
            *("copay_fixed", "deductible", "visit_cap", "year_cap", "active"),
        ]

    field_order = ["code", *NAMES, "currency", "payment", "valid_from", "valid_to", "percent"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_en"].required = True
        self.fields["copay_fixed"] = _amount(_("Co-pay for each line"), required=True)
        self.fields["deductible"] = _amount(_("Deductible in a year"), required=True)
        self.fields["visit_cap"] = _amount(_("Most for a visit"))
        self.fields["year_cap"] = _amount(_("Most in a year"))
        self.fields["percent"].initial = self.instance.copay_percent
        self.order_fields([*self.field_order, "copay_fixed", "deductible", "visit_cap", "year_cap", "active"])
        for name in ("code", "currency") if not self.instance._state.adding else ():
            self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        currency = cleaned.get("currency")
        for name in ("copay_fixed", "deductible", "visit_cap", "year_cap"):
            amount = cleaned.get(name)
            if currency and amount is not None and not fits(amount, currency):
                self.add_error(name, _("Riel have no decimals."))
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", _("The last day cannot be before the first."))
        return cleaned

    def details(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return values | {"copay_rate": as_share(self.cleaned_data["percent"])}


class RuleForm(Form):
    """What a contract does with one service or one category."""

    service_code = forms.CharField(
        label=_("Service"), max_length=64, required=False, help_text=_("The code in the price list, or a category.")
    )
    category = forms.ChoiceField(label=_("Category"), choices=[("", "—"), *CATEGORIES], required=False)
    excluded = forms.BooleanField(label=_("Excluded"), required=False)
    needs_authorisation = forms.BooleanField(label=_("Needs an authorisation"), required=False)
    percent = percent_field(_("Co-pay"), required=False)
    copay_fixed = _amount(_("Co-pay for each line"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("service_code")) == bool(cleaned.get("category")):
            self.add_error("service_code", _("Name a service or a category, not both."))
        return cleaned

    def details(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        return values | {"copay_rate": as_share(values.pop("percent"))}


class CaseRateForm(VersionedFormMixin, ModelForm):
    class Meta:
        model = CaseRate
        fields = ["code", *NAMES, "amount", "source", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_en"].required = True
        self.fields["amount"] = _amount(_("Amount"), required=True)
        if not self.instance._state.adding:
            self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        amount = cleaned.get("amount")
        if amount is not None and (not amount or not fits(amount, self.instance.contract.currency)):
            self.add_error("amount", _("Enter an amount that this currency has."))
        return cleaned

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class CoverageForm(Form):
    """A patient's card."""

    contract = forms.ModelChoiceField(label=_("Contract"), queryset=Contract.objects.none(), empty_label=None)
    member_number = forms.CharField(label=_("Member number"), max_length=40)
    valid_from = forms.DateField(label=_("Valid from"))
    valid_to = forms.DateField(label=_("Valid to"), required=False)
    year_cap = _amount(_("Most in a year"))

    def __init__(self, *args: Any, coverage: Coverage | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year_cap"].help_text = _("Only where the card differs from the contract.")
        if coverage is None:
            self.fields["contract"].queryset = open_contracts()
            self.fields["contract"].label_from_instance = lambda one: f"{one.payer} · {one}"
            self.fields["valid_from"].initial = today()
        else:
            del self.fields["contract"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", _("The last day cannot be before the first."))
        return cleaned


class CheckForm(Form):
    """What the payer said on the telephone or on its site."""

    outcome = forms.ChoiceField(
        label=_("Answer of the payer"),
        choices=Eligibility.choices,
        initial=Eligibility.ELIGIBLE,
        widget=SegmentedChoice,
    )
    reference = forms.CharField(label=_("Reference"), max_length=64, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class AuthorisationForm(Form):
    """For which service the payer was asked."""

    service_code = forms.CharField(label=_("Service"), max_length=64, required=False)
    category = forms.ChoiceField(
        label=_("Category"), choices=[("", "—"), *CATEGORIES, ("*", _("Everything"))], required=False
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("service_code")) == bool(cleaned.get("category")):
            self.add_error("service_code", _("Name a service or a category, not both."))
        return cleaned

    def scope(self) -> str:
        code, category = self.cleaned_data["service_code"].strip(), self.cleaned_data["category"]
        return code or ("*" if category == "*" else f"category:{category}")


class DecisionForm(Form):
    """The payer's answer to a request."""

    verb = forms.ChoiceField(
        label=_("Answer of the payer"),
        choices=[
            ("grant", pgettext_lazy("authorisation", "Granted")),
            ("refuse", pgettext_lazy("authorisation", "Refused")),
        ],
        initial="grant",
        widget=SegmentedChoice,
    )
    number = forms.CharField(label=_("Number"), max_length=64, required=False)
    valid_from = forms.DateField(label=_("Valid from"), required=False)
    valid_to = forms.DateField(label=_("Valid to"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("verb") == "grant":
            for name in ("number", "valid_from", "valid_to"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("A granted authorisation has a number and its days."))
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", _("The last day cannot be before the first."))
        return cleaned
