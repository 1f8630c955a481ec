"""What the pages of price lists and public holidays take in."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Branch
from billing.forms import MOST
from billing.insurers import payer_choices
from billing.models import EVERY_DAY, Adjustment, Category, Day, Nationality, PriceList, Service, Unit
from billing.models.snapshot import SUFFIXES
from billing.services.price_lists import TERMS
from core.forms import DecimalInput, Form, SegmentedChoice
from core.money import Currency, fits
from patients.lists import choices, nationalities
from patients.states import Payer

ANYBODY = pgettext_lazy("price list", "Anybody")


class NamesForm(Form):
    """A name in each language; English stands in where another is left empty."""

    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    name_km = forms.CharField(label=_("Name in Khmer"), max_length=120, required=False)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)

    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"name_{suffix}"] for code, suffix in SUFFIXES.items()}


class PriceListForm(NamesForm):
    """A list's names, the conditions it holds under, and what it makes of standard prices."""

    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{1,31}$",
        label=_("Code"),
        error_messages={"invalid": _("Use capital letters, digits and dashes.")},
    )
    payer = forms.ChoiceField(label=_("Payer"), required=False, choices=[("", ANYBODY)])
    nationality = forms.ChoiceField(
        label=_("Nationality group"), required=False, choices=[("", ANYBODY), *Nationality.choices]
    )
    branch: "forms.ModelChoiceField[Branch]" = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False, empty_label=_("Every branch")
    )
    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        choices=Day.choices,
        initial=EVERY_DAY,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A public holiday counts as such, not as its weekday."),
    )
    starts_at = forms.TimeField(label=_("From the hour"), required=False)
    ends_at = forms.TimeField(
        label=_("Until the hour"), required=False, help_text=_("May lie past midnight: 18:00 until 06:00.")
    )
    valid_from = forms.DateField(label=_("Valid from"), required=False)
    last_day = forms.DateField(label=_("Last day"), required=False)
    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=-100,
        max_value=100,
        initial=0,
        help_text=_("The highest goes first; among equals the list with more conditions."),
    )
    adjustment = forms.ChoiceField(
        label=_("Services without a price on this list"), choices=Adjustment.choices, initial=Adjustment.NONE
    )
    percent = forms.DecimalField(
        label=_("Percent"),
        required=False,
        min_value=Decimal(-100),
        max_value=Decimal(1000),
        max_digits=6,
        decimal_places=2,
        widget=DecimalInput(unit="%"),
        help_text=_("20 makes it dearer by a fifth, -20 cheaper."),
    )
    amount = forms.DecimalField(
        label=_("Amount"), required=False, min_value=-MOST, max_value=MOST, max_digits=14, decimal_places=2,
        widget=DecimalInput,
    )  # fmt: skip
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=Currency.choices, initial="USD", widget=SegmentedChoice
    )
    adjusts = forms.MultipleChoiceField(
        label=_("Only these categories"),
        required=False,
        choices=Category.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["code", "name_en", "name_km", "name_zh_hans"]

    def __init__(self, *args: Any, instance: PriceList | None = None, **kwargs: Any) -> None:
        if instance:
            facts = {name: getattr(instance, name) for name in (*TERMS, "code", "last_day", "version")}
            names = {f"name_{suffix}": getattr(instance, f"name_{suffix}") for suffix in SUFFIXES.values()}
            kwargs["initial"] = {**facts, **names, "currency": instance.currency or "USD"}
        super().__init__(*args, **kwargs)
        self.fields["payer"].choices = [("", ANYBODY), *payer_choices(instance.payer if instance else "")]
        self.fields["branch"].queryset = Branch.objects.order_by("code")
        if instance:
            del self.fields["code"]
        if instance and instance.is_default:
            for name in (*TERMS, "last_day"):
                self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "adjustment" not in self.fields:
            return cleaned
        self._clean_hours(cleaned)
        first, last = cleaned.get("valid_from"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        kind, amount = cleaned.get("adjustment"), cleaned.get("amount")
        if kind == Adjustment.PERCENT and cleaned.get("percent") is None:
            self.add_error("percent", _("Say how many percent."))
        if kind == Adjustment.AMOUNT and amount is None:
            self.add_error("amount", _("Say how much."))
        if kind == Adjustment.AMOUNT and amount is not None and not fits(amount, cleaned.get("currency") or "USD"):
            self.add_error("amount", _("Riel are whole numbers."))
        return cleaned

    def _clean_hours(self, cleaned: dict[str, Any]) -> None:
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if (starts is None) != (ends is None):
            self.add_error("ends_at" if ends is None else "starts_at", _("Give both hours or none."))
        elif starts is not None and starts == ends:
            self.add_error("ends_at", _("The hours must differ."))

    def terms(self) -> dict[str, Any]:
        """The list's columns as the services take them."""
        cleaned = self.cleaned_data
        if "adjustment" not in self.fields:
            return {}
        last = cleaned["last_day"]
        until = last + datetime.timedelta(days=1) if last else None
        return {**{name: cleaned[name] for name in TERMS if name != "valid_to"}, "valid_to": until}


class ServiceUnitForm(Form):
    """What a service's price is for, how long one may stay over, and the tax in it."""

    unit = forms.ChoiceField(label=_("Price is for"), choices=Unit.choices, widget=SegmentedChoice)
    grace_minutes = forms.IntegerField(
        label=_("Minutes of grace"),
        min_value=0,
        max_value=1439,
        required=False,
        help_text=_("So long over a day or an hour begins no other."),
    )
    tax_percent = forms.DecimalField(
        label=_("Rate of VAT"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        widget=DecimalInput(unit="%"),
        help_text=_("Included in the price. Empty: that of its category."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        grace, unit = cleaned.get("grace_minutes") or 0, cleaned.get("unit")
        if grace and unit == Unit.EACH:
            self.add_error("grace_minutes", _("Only what is charged by time has grace."))
        if grace > 59 and unit == Unit.HOUR:
            self.add_error("grace_minutes", _("Less than an hour."))
        return {**cleaned, "grace_minutes": grace}

    def terms(self) -> dict[str, Any]:
        """The service's columns."""
        percent = self.cleaned_data["tax_percent"]
        return {
            "unit": self.cleaned_data["unit"],
            "grace_minutes": self.cleaned_data["grace_minutes"],
            "tax_rate": None if percent is None else percent / 100,
        }


class HolidayForm(NamesForm):
    date = forms.DateField(label=_("Date"))
    field_order = ["date"]


class PriceCheckForm(Form):
    """For whom and when a price is asked."""

    service = forms.CharField(label=_("Service code"), max_length=64)
    payer = forms.ChoiceField(label=_("Payer"), initial=Payer.SELF, required=False)
    country = forms.ChoiceField(label=_("Nationality"), initial="KH", required=False)
    branch: "forms.ModelChoiceField[Branch]" = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False
    )
    moment = forms.DateTimeField(label=_("Date and time"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer"].choices = payer_choices()
        self.fields["country"].choices = choices(nationalities())
        self.fields["branch"].queryset = Branch.objects.order_by("code")

    def clean_service(self) -> str:
        code = self.cleaned_data["service"].strip().upper()
        if not Service.objects.filter(code__in={code, code.split("-", 1)[0]}).exists():
            raise forms.ValidationError(_("This service is not in the catalogue."))
        return code
