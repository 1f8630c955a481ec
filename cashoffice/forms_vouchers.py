"""What the pages of vouchers and transfers take in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import amount_field
from billing.models import Account, Shift
from cashoffice.models import VoucherReason
from cashoffice.models.voucher import Direction
from cashoffice.queries.transfers import receivers
from cashoffice.queries.vouchers import reasons_in_use
from core.forms import Form, SegmentedChoice
from core.money import KHR, USD

NAMES = ("en", "km", "zh_hans")


class CashForm(Form):
    """Notes of both currencies."""

    usd = amount_field(_("Dollars"), USD.value, places=0)
    khr = amount_field(_("Riel"), KHR.value, places=0)

    def clean_khr(self) -> Decimal:
        riel = self.cleaned_data.get("khr") or Decimal(0)
        if riel % 100:
            raise forms.ValidationError(_("Riel cash goes in steps of 100."))
        return riel

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["usd"] = cleaned.get("usd") or Decimal(0)
        if not self.errors and not cleaned["usd"] and not cleaned["khr"]:
            self.add_error("usd", _("Enter an amount in dollars or riel."))
        return cleaned


class VoucherForm(CashForm):
    reason = forms.ModelChoiceField(label=_("Reason"), queryset=VoucherReason.objects.none())
    party = forms.CharField(label=_("Paid to or received from"), max_length=120, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False, help_text=_("What was bought, which bill."))

    field_order = ("reason", "usd", "khr", "party", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.queryset = reasons_in_use()
        field.label_from_instance = _with_direction
        field.widget.attrs["autofocus"] = True


def _with_direction(reason: VoucherReason) -> str:
    return f"{reason.get_direction_display()}: {reason.name}"


class TransferForm(CashForm):
    receiver = forms.ModelChoiceField(label=_("To"), queryset=Shift.objects.none())
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    field_order = ("receiver", "usd", "khr", "note")

    def __init__(self, *args: Any, shift: Shift | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["receiver"]
        field.queryset = receivers(shift) if shift else Shift.objects.none()
        field.label_from_instance = _drawer_and_cashier
        field.initial = field.queryset.first()
        field.widget.attrs["autofocus"] = True


def _drawer_and_cashier(shift: Shift) -> str:
    return f"{shift.drawer.name} · {shift.cashier}"


class ReasonForm(Form):
    """A reason of the hospital's own, and the account on its other side."""

    code = forms.RegexField(
        r"^[A-Za-z0-9-]{1,20}$", label=_("Code"), error_messages={"invalid": _("Use letters, digits and dashes.")}
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_km = forms.CharField(label=_("Name in Khmer"), max_length=80)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=80)
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, widget=SegmentedChoice)
    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.none())
    is_limited = forms.BooleanField(label=_("Approved by somebody else above the limit"), required=False, initial=True)
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # what patients owe, drawers and money in transit have events of their own
        kinds = Account.objects.filter(kind__in=["income", "expense"]) | Account.objects.filter(
            key__in=["safe", "bank"]
        )
        self.fields["account"].queryset = kinds.order_by("code")

    @classmethod
    def of(cls, reason: VoucherReason) -> dict[str, Any]:
        return {name: getattr(reason, name) for name in cls.base_fields}

    def facts(self) -> dict[str, Any]:
        """The arguments of ``save_reason``."""
        data = dict(self.cleaned_data)
        return {"names": {suffix: data.pop(f"name_{suffix}") for suffix in NAMES}, **data}
