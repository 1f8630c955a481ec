"""What the pages of discounts, exemptions, promotions and funds take in."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import amount_field
from billing.forms_prices import NamesForm
from billing.models import Category, Fund, Promotion, Service, Source
from billing.models.snapshot import SUFFIXES
from billing.queries.concessions import active_funds
from core.clock import today
from core.forms import DecimalInput, Form, SegmentedChoice
from core.money import Currency, fits
from core.preference_forms import PreferenceForm


def percent_field(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        widget=DecimalInput(unit="%"),
        **options,
    )


class ConcessionForm(Form):
    """How much the patient shall not pay, and why."""

    percent = percent_field(_("Share of the invoice"))
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea({"rows": 2}))

    def rate(self) -> Decimal:
        return self.cleaned_data["percent"] / Decimal(100)


class ExemptionForm(ConcessionForm):
    """The same, and which fund pays."""

    fund: "forms.ModelChoiceField[Fund]" = forms.ModelChoiceField(label=_("Fund"), queryset=Fund.objects.none())
    field_order = ["fund", "percent", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        funds = active_funds()
        self.fields["fund"].queryset = funds
        self.fields["fund"].initial = funds.first()


class PromotionForm(NamesForm):
    """A promotion's terms: percent or amount, for what, from when to when, how often."""

    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{1,31}$",
        label=_("Code"),
        error_messages={"invalid": _("Use capital letters, digits and dashes.")},
    )
    percent = percent_field(_("Percent"), required=False)
    amount = amount_field(_("or amount"))
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=Currency.choices, initial="USD", widget=SegmentedChoice
    )
    categories = forms.MultipleChoiceField(
        label=_("Only these categories"),
        required=False,
        choices=Category.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Neither categories nor services: everything on the invoice."),
    )
    services = forms.CharField(
        label=_("Only these services"), required=False, max_length=500, help_text=_("Codes with a space between.")
    )
    is_automatic = forms.BooleanField(
        label=_("For everybody, without a code"), required=False, help_text=_("Otherwise the cashier types its code.")
    )
    valid_from = forms.DateField(label=_("From"), initial=today)
    last_day = forms.DateField(label=_("Last day"), required=False)
    usage_limit = forms.IntegerField(label=_("At most so many invoices"), required=False, min_value=1, max_value=10**6)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["code"]

    def __init__(self, *args: Any, instance: Promotion | None = None, **kwargs: Any) -> None:
        if instance:
            same = ("code", "percent", "amount", "categories", "is_automatic", "valid_from", "last_day", "usage_limit")
            kwargs["initial"] = {
                **{name: getattr(instance, name) for name in (*same, "version")},
                **{f"name_{suffix}": getattr(instance, f"name_{suffix}") for suffix in SUFFIXES.values()},
                "services": " ".join(instance.services),
                "currency": instance.currency or "USD",
            }
        super().__init__(*args, **kwargs)

    def clean_services(self) -> list[str]:
        codes = self.cleaned_data["services"].upper().replace(",", " ").split()
        known = set(Service.objects.filter(code__in=codes).values_list("code", flat=True))
        if missing := [code for code in codes if code not in known]:
            raise forms.ValidationError(
                _("Not in the catalogue: %(codes)s"), params={"codes": ", ".join(missing)}, code="unknown"
            )
        return codes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        percent, amount = cleaned.get("percent"), cleaned.get("amount")
        if bool(percent) == bool(amount) and not {"percent", "amount"} & self.errors.keys():
            self.add_error("percent", _("Give either a percentage or an amount."))
        if amount and not fits(amount, cleaned.get("currency") or "USD"):
            self.add_error("amount", _("Riel are whole numbers."))
        first, last = cleaned.get("valid_from"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned

    def terms(self) -> dict[str, Any]:
        """The promotion's columns."""
        data, amount = self.cleaned_data, self.cleaned_data["amount"] or None
        last = data["last_day"]
        return {
            "code": data["code"],
            "rate": data["percent"] / Decimal(100) if data["percent"] else None,
            "amount": amount,
            "currency": data["currency"] or "USD" if amount else "",
            "categories": data["categories"],
            "services": data["services"],
            "is_automatic": data["is_automatic"],
            "valid_from": data["valid_from"],
            "valid_to": last + datetime.timedelta(days=1) if last else None,
            "usage_limit": data["usage_limit"],
        }


class PromotionCodeForm(Form):
    code = forms.CharField(label=_("Code of a promotion"), max_length=32, required=False)


class FundForm(NamesForm):
    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{1,15}$",
        label=_("Code"),
        error_messages={"invalid": _("Use capital letters, digits and dashes.")},
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, initial="USD", widget=SegmentedChoice)
    field_order = ["code"]


class GrantForm(Form):
    """Money that came in for a fund."""

    amount = amount_field(_("Amount"), required=True)
    received_in = forms.ChoiceField(label=_("Received in"), choices=Source.choices, widget=SegmentedChoice)
    donor = forms.CharField(label=_("From"), max_length=120)
    reference = forms.CharField(label=_("Reference"), max_length=64, required=False)


class RulesForm(PreferenceForm):
    """What a cashier may let off alone, and whether coming again is free."""

    keys = ("billing.discount_limit", "billing.follow_up_days", "billing.follow_up_same")
