"""What the pages of doctors' fees take in."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import staff_with_role
from billing.forms import amount_field
from billing.forms_credits import RefundForm
from billing.models import Category, FeeAccount, Method, Service
from core.clock import today
from core.forms import DecimalInput, Form, SegmentedChoice
from core.money import Currency, Money, fits


class PerformerForm(Form):
    """Who did the work, and why it is said here."""

    performer: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Performed by"), queryset=User.objects.none()
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["performer"].queryset = staff_with_role("doctor").exclude(pk=by.pk)


class ShareForm(Form):
    """A share: of which doctor, of what, how much, on which days."""

    doctor: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(label=_("Doctor"), queryset=User.objects.none())
    category = forms.ChoiceField(label=_("Category"), required=False, choices=[("", "—"), *Category.choices])
    service = forms.CharField(
        label=_("Only this service"),
        max_length=64,
        required=False,
        help_text=_("Its code. A share of a service goes before one of its category."),
    )
    percent = forms.DecimalField(
        label=_("Percent"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        widget=DecimalInput(unit="%"),
        help_text=_("Of the price after discounts, whoever pays it."),
    )
    amount = amount_field(_("Or a fixed fee for each"))
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, initial="USD", widget=SegmentedChoice)
    valid_from = forms.DateField(label=_("Valid from"))
    last_day = forms.DateField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doctor"].queryset = staff_with_role("doctor").exclude(pk=by.pk)
        self.fields["valid_from"].initial = today

    def clean_service(self) -> Service | None:
        code = self.cleaned_data["service"].strip().upper()
        found = Service.objects.filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("This service is not in the catalogue."))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        percent, amount = cleaned.get("percent"), cleaned.get("amount")
        if not {"percent", "amount"} & self.errors.keys() and (percent is None) == (not amount):
            self.add_error("percent", _("Say either a percentage up to 100 or a fixed fee."))
        if amount and not fits(amount, cleaned.get("currency") or "USD"):
            self.add_error("amount", _("Riel are whole numbers."))
        if "service" in cleaned and bool(cleaned["service"]) == bool(cleaned.get("category")):
            self.add_error("category", _("Choose a category, or one service."))
        first, last = cleaned.get("valid_from"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned

    def terms(self) -> dict[str, Any]:
        """The arguments of ``agree_share``."""
        data = self.cleaned_data
        last = data["last_day"]
        return {
            **{name: data[name] for name in ("doctor", "service", "category", "percent", "valid_from")},
            "fixed": Money(data["amount"], data["currency"]) if data["amount"] else None,
            "valid_to": last + datetime.timedelta(days=1) if last else None,
        }


class PayoutForm(Form):
    """How much of what is owed shall be paid."""

    account: "forms.ModelChoiceField[FeeAccount]" = forms.ModelChoiceField(
        label=_("Owed now"), queryset=FeeAccount.objects.none(), empty_label=None
    )
    amount = amount_field(_("Amount"), required=True)

    def __init__(self, *args: Any, doctor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owed = FeeAccount.objects.filter(doctor=doctor, balance__gt=0).order_by("-currency")
        self.fields["account"].queryset = owed
        self.fields["account"].label_from_instance = lambda account: str(account.money)
        first = owed.first()
        self.fields["amount"].initial = first.balance if first else None


class FeePayForm(RefundForm):
    """How a doctor is paid: in notes from the own drawer, or by a transfer that was made."""

    def __init__(self, *args: Any, in_cash: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = {Method.BANK, *((Method.CASH, self.CASH_RIEL) if in_cash else ())}
        self.fields["method"].choices = [one for one in self.fields["method"].choices if one[0] in ways]
        self.fields["method"].initial = Method.CASH if in_cash else Method.BANK
