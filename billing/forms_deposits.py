"""What the pages of deposits take in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import TenderForm, amount_field
from billing.forms_credits import RefundForm
from billing.models import DepositAccount, Method
from billing.queries.deposits import left_to_refund
from core.forms import Form
from core.money import fits


class DepositForm(TenderForm):
    """What is paid in: notes of both currencies, and one amount by each other method."""

    for_family = forms.BooleanField(
        label=_("For the whole family"), required=False, help_text=_("Every member may pay bills with it.")
    )
    others = (Method.CARD, Method.BANK, Method.KHQR)


class DepositRefundForm(Form):
    """How much of what is held is asked back, and why."""

    account: "forms.ModelChoiceField[DepositAccount]" = forms.ModelChoiceField(
        label=_("Held"), queryset=DepositAccount.objects.none(), empty_label=None
    )
    amount = amount_field(_("Amount"), required=True)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts
        self.fields["account"].label_from_instance = self._words
        first = accounts.first()
        self.fields["account"].initial = first
        self.fields["amount"].initial = left_to_refund(first) if first else None

    @staticmethod
    def _words(account: DepositAccount) -> str:
        return f"{account.money} · {_('Family')}" if account.is_of_family else str(account.money)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        account, amount = cleaned.get("account"), cleaned.get("amount")
        if account and amount is not None:
            if not fits(amount, account.currency):
                self.add_error("amount", _("Riel are whole numbers."))
            elif not Decimal(0) < amount <= account.balance:
                self.add_error("amount", _("The deposit holds less than this."))
        return cleaned


class DepositPayForm(RefundForm):
    """To which one destination a deposit is paid back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["method"].choices
        self.fields["method"].choices = [one for one in choices if one[0] != Method.DEPOSIT]
