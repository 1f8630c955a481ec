"""What the pages of packages take in."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import amount_field
from billing.forms_prices import NamesForm
from billing.models import Category, Package, Service
from billing.models.snapshot import SUFFIXES
from core.forms import Form, SegmentedChoice
from core.money import Currency, Money, fits

MOST = Decimal(9999)


class PackageForm(NamesForm):
    """A package's names, price, days, and what is in it: a line for each service."""

    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{1,39}$",
        label=_("Code"),
        error_messages={"invalid": _("Use capital letters, digits and dashes.")},
    )
    amount = amount_field(_("Price"), required=True)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, initial="USD", widget=SegmentedChoice)
    valid_days = forms.IntegerField(
        label=_("Days to take it"),
        min_value=1,
        max_value=1100,
        initial=90,
        help_text=_("Counted from the day of the sale."),
    )
    parts = forms.CharField(
        label=_("Contents"),
        widget=forms.Textarea({"rows": 6}),
        max_length=2000,
        help_text=_("One service a line: its code and how often, such as CONS 2."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["code", "name_en", "name_km", "name_zh_hans", "amount", "currency", "valid_days", "parts"]

    def __init__(self, *args: Any, instance: Package | None = None, price: Money | None = None, **kwargs: Any) -> None:
        if instance:
            service = instance.service
            kwargs["initial"] = {
                **{f"name_{suffix}": getattr(service, f"name_{suffix}") for suffix in SUFFIXES.values()},
                "amount": price.amount if price else None,
                "currency": price.currency if price else "USD",
                "valid_days": instance.valid_days,
                "parts": "\n".join(
                    f"{part.service.code} {part.quantity.normalize():f}" for part in instance.parts.all()
                ),
                "version": instance.version,
            }
        super().__init__(*args, **kwargs)
        if instance:
            del self.fields["code"]

    def clean_parts(self) -> dict[Service, Decimal]:
        wanted: dict[str, Decimal] = {}
        for line in self.cleaned_data["parts"].upper().splitlines():
            if line.strip():
                code, quantity = _part(line)
                wanted[code] = wanted.get(code, Decimal(0)) + quantity
        services = Service.objects.exclude(category=Category.PACKAGE).in_bulk(wanted, field_name="code")
        if missing := ", ".join(code for code in wanted if code not in services):
            raise forms.ValidationError(_("Not in the catalogue: %(codes)s"), params={"codes": missing}, code="unknown")
        return {services[code]: quantity for code, quantity in wanted.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        amount = cleaned.get("amount")
        if amount is not None and not fits(amount, cleaned.get("currency") or "USD"):
            self.add_error("amount", _("Riel are whole numbers."))
        return cleaned


def _part(line: str) -> tuple[str, Decimal]:
    """The code and quantity (1 where none is written) of a line. Raises ValidationError."""
    code, _space, written = line.strip().partition(" ")
    try:
        quantity = Decimal(written.strip() or 1)
    except InvalidOperation:
        quantity = Decimal(0)
    if not quantity.is_finite() or not 0 < quantity <= MOST or quantity != round(quantity, 3):
        raise forms.ValidationError(
            _("How often is a number above zero: %(line)s"), params={"line": line}, code="often"
        )
    return code, quantity


class SellForm(Form):
    """Which package is sold."""

    package: "forms.ModelChoiceField[Package]" = forms.ModelChoiceField(
        label=_("Package"), queryset=Package.objects.none()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["package"].queryset = Package.objects.select_related("service").filter(service__is_active=True)
        self.fields["package"].label_from_instance = lambda package: package.service.name
