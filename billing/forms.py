"""What the cash office's pages take in, and clean values out."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch
from billing.models import NOTES, Category, Drawer, Method, PriceList, Printing
from billing.models.snapshot import SUFFIXES
from billing.pricing import ZERO, Paid
from billing.states import InvoiceStatus
from core.clock import today
from core.forms import DecimalInput, Form, SegmentedChoice
from core.money import KHR, USD, Currency, fits

MOST = Decimal(1_000_000_000)


def amount_field(label: Any, unit: str = "", *, required: bool = False, places: int = 2) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=Decimal(0),
        max_value=MOST,
        decimal_places=places,
        max_digits=14,
        widget=DecimalInput(unit=unit),
    )


class TenderForm(Form):
    """What is handed over: notes of both currencies, and one amount by each other method."""

    usd = amount_field(_("Cash in dollars"), "USD")
    khr = amount_field(_("Cash in riel"), "KHR", places=0)
    others: tuple[Method, ...] = (Method.CARD, Method.BANK, Method.KHQR)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["usd"].widget.attrs["autofocus"] = True
        for method in self.others:
            self.fields[f"{method}_amount"] = amount_field(method.label)
            self.fields[f"{method}_currency"] = forms.ChoiceField(
                label=_("Currency"), choices=Currency.choices, required=False, initial=USD
            )
            self.fields[f"{method}_reference"] = forms.CharField(label=_("Reference"), required=False, max_length=64)

    @property
    def other_rows(self) -> list[tuple[Any, Any, Any]]:
        """Bound fields of each other method: amount, currency, reference."""
        return [
            (self[f"{m}_amount"], self[f"{m}_currency"], self[f"{m}_reference"])
            for m in self.others
            if m != Method.DEPOSIT
        ]

    @property
    def uses_others(self) -> bool:
        return self.is_bound and any(self.data.get(f"{method}_amount") for method in self.others)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for method in self.others:
            amount, currency = cleaned.get(f"{method}_amount"), cleaned.get(f"{method}_currency") or USD
            if amount and not fits(amount, currency):
                self.add_error(f"{method}_amount", _("Riel are whole numbers."))
        if cleaned.get("usd") and cleaned["usd"] % 1:
            self.add_error("usd", _("Dollar cash is whole notes; give the cents in riel."))
        if cleaned.get("khr") and cleaned["khr"] % 100:
            self.add_error("khr", _("Riel cash goes in steps of 100."))
        return cleaned

    def tenders(self) -> list[Paid]:
        """The parts that are not empty."""
        data = self.cleaned_data
        parts = [Paid(Method.CASH, USD, data.get("usd") or ZERO), Paid(Method.CASH, KHR, data.get("khr") or ZERO)]
        for method in self.others:
            currency, amount = data.get(f"{method}_currency") or USD, data.get(f"{method}_amount") or ZERO
            parts.append(Paid(method, currency, amount, data.get(f"{method}_reference") or ""))
        return [part for part in parts if part.amount]


class PaymentForm(TenderForm):
    """What the patient hands over for an invoice; the deposit is offered where one is held."""

    change_in = forms.ChoiceField(
        label=_("Change in"),
        required=False,
        choices=[("", _("As received")), (USD, _("Dollars and riel")), (KHR, _("Riel only"))],
        widget=SegmentedChoice,
    )
    due = forms.DecimalField(widget=forms.HiddenInput, required=False)
    others = (Method.DEPOSIT, Method.CARD, Method.BANK, Method.KHQR)


class CountForm(Form):
    """Notes counted in a drawer, one field a denomination."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for currency, notes in NOTES.items():
            for note in notes:
                self.fields[f"{currency.value}_{note}"] = forms.IntegerField(
                    label=f"{note:,}",
                    required=False,
                    min_value=0,
                    max_value=100_000,
                    widget=DecimalInput(
                        attrs={"inputmode": "numeric", "data-note": str(note), "data-note-currency": currency.value}
                    ),
                )

    @property
    def columns(self) -> list[tuple[str, Any, list[Any]]]:
        """Fields by currency: code, name, bound fields from the largest note down."""
        return [
            (currency.value, currency.label, [self[f"{currency.value}_{note}"] for note in notes])
            for currency, notes in NOTES.items()
        ]

    def counts(self) -> dict[str, dict[int, int]]:
        """Pieces by currency and note, as the shift services take them."""
        return {
            currency.value: {note: self.cleaned_data.get(f"{currency.value}_{note}") or 0 for note in notes}
            for currency, notes in NOTES.items()
        }


class StandInForm(CountForm):
    """Why somebody else counts, and the notes where the cashier has not counted them."""

    reason = forms.CharField(label=_("Why the cashier does not count"), max_length=200)

    def __init__(self, *args: Any, counted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if counted:
            self.fields = {"reason": self.fields["reason"]}


class ShiftOpenForm(CountForm):
    drawer = forms.ModelChoiceField(label=_("Drawer"), queryset=Drawer.objects.none())

    def __init__(self, *args: Any, branches: list[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drawers = Drawer.objects.filter(branch__in=branches, is_active=True).select_related("branch")
        self.fields["drawer"].queryset = drawers
        self.fields["drawer"].initial = drawers.first()


class ShiftCloseForm(Form):
    """A reason beside every currency whose count differs."""

    def __init__(self, *args: Any, totals: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for total in totals:
            if total.difference:
                self.fields[f"reason_{total.currency.lower()}"] = forms.CharField(
                    label=_("Reason for the difference in %(currency)s") % {"currency": total.currency}, max_length=200
                )

    def reasons(self) -> dict[str, str]:
        return {name.removeprefix("reason_").upper(): text for name, text in self.cleaned_data.items()}


class NoteForm(Form):
    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class DiscountForm(Form):
    """Another discount than the family's own: percent off, or none at all."""

    percent = forms.DecimalField(
        label=_("Discount"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        widget=DecimalInput(unit="%"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class RateForm(Form):
    riel_per_dollar = forms.DecimalField(
        label=_("Riel for one dollar"),
        min_value=Decimal(1000),
        max_value=Decimal(10_000),
        max_digits=10,
        decimal_places=2,
        widget=DecimalInput(unit="KHR"),
    )
    effective_on = forms.DateField(label=_("From"), initial=today)
    source = forms.CharField(label=_("Source"), max_length=120, help_text=_("Where this rate was published."))

    def clean_effective_on(self) -> datetime.date:
        day = self.cleaned_data["effective_on"]
        if abs((day - today()).days) > 366:
            raise forms.ValidationError(_("Choose a date within a year of today."))
        return day


class PriceForm(Form):
    """A new price for a service from a day on."""

    amount = amount_field(_("Price"), required=True)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, widget=SegmentedChoice)
    valid_from = forms.DateField(label=_("From"), initial=today)
    price_list: "forms.ModelChoiceField[PriceList]" = forms.ModelChoiceField(
        label=_("Price list"), queryset=PriceList.objects.none()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = PriceList.objects.order_by("-is_default", "code")
        self.fields["price_list"].queryset = lists
        self.fields["price_list"].initial = lists.first()

    def clean_valid_from(self) -> datetime.date:
        day = self.cleaned_data["valid_from"]
        if day < today():
            raise forms.ValidationError(_("A price cannot begin in the past."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        amount, currency = cleaned.get("amount"), cleaned.get("currency")
        if amount is not None and currency and not fits(amount, currency):
            self.add_error("amount", _("Riel are whole numbers."))
        return cleaned


class ServiceForm(PriceForm):
    """A service that no department brings along, with its first price."""

    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{1,39}$",
        label=_("Code"),
        error_messages={"invalid": _("Use capital letters, digits and dashes.")},
    )
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    name_km = forms.CharField(label=_("Name in Khmer"), max_length=200, required=False)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=200, required=False)
    field_order = ["code", "category", "name_en", "name_km", "name_zh_hans"]

    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"name_{suffix}"] for code, suffix in SUFFIXES.items()}


class DrawerForm(Form):
    branch: "forms.ModelChoiceField[Branch]" = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())
    code = forms.RegexField(
        r"^[A-Za-z0-9-]{1,20}$", label=_("Code"), error_messages={"invalid": _("Use letters, digits and dashes.")}
    )
    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True)
        self.fields["branch"].initial = self.fields["branch"].queryset.first()


class PrintForm(Form):
    paper = forms.ChoiceField(label=_("Paper"), choices=Printing.Paper.choices)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("km", "ភាសាខ្មែរ"), ("en", "English"), ("zh-hans", "简体中文")]
    )


class SearchForm(Form):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"})
    )


class InvoiceSearchForm(SearchForm):
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All issued")), *InvoiceStatus.choices]
    )


class PriceSearchForm(SearchForm):
    category = forms.ChoiceField(label=_("Category"), required=False, choices=[("", _("All")), *Category.choices])


class JournalSearchForm(SearchForm):
    on = forms.DateField(label=_("Date"), required=False)


class StepForm(forms.Form):
    """Which check of the books comes next, and how many figures differed before it."""

    step = forms.IntegerField(min_value=0)
    disagreeing = forms.IntegerField(min_value=0)
