"""What the pages of credit notes and refunds take in."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import amount_field
from billing.models import Invoice, InvoiceLine, Method
from billing.queries.credits import credited_by_line
from core.forms import Form, SegmentedChoice
from core.money import KHR, USD, Money, fits


class CreditForm(Form):
    """How much of each line is taken back, and why. An amount has the invoice's currency."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(invoice.lines.all())
        self.done = credited_by_line(invoice)
        for line in self.lines:
            places = 0 if line.currency == KHR else 2
            self.fields[self._name(line)] = amount_field(line.text, line.currency, places=places)
        self.order_fields([*(self._name(line) for line in self.lines), "reason"])

    @staticmethod
    def _name(line: InvoiceLine) -> str:
        return f"line_{line.pk}"

    def _left(self, line: InvoiceLine) -> Decimal:
        return line.worth - self.done.get(line.pk, Decimal(0))

    @property
    def rows(self) -> list[tuple[InvoiceLine, Money, Any]]:
        """Each line with what is left of it and its field."""
        return [(line, Money(self._left(line), line.currency), self[self._name(line)]) for line in self.lines]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for line in self.lines:
            amount = cleaned.get(self._name(line))
            if amount and (amount > self._left(line) or not fits(amount, line.currency)):
                self.add_error(self._name(line), _("This is more than is left of the line."))
        return cleaned

    def amounts(self) -> dict[UUID, Decimal]:
        found = {line.pk: self.cleaned_data.get(self._name(line)) for line in self.lines}
        return {pk: amount for pk, amount in found.items() if amount}


class RefundForm(Form):
    """To which one destination the money goes."""

    CASH_RIEL = "cash_khr"
    method = forms.ChoiceField(
        label=_("Pay out by"),
        choices=[
            (Method.CASH, _("Cash in dollars and riel")),
            (CASH_RIEL, _("Cash in riel")),
            *((method, method.label) for method in (Method.CARD, Method.BANK, Method.KHQR)),
            (Method.DEPOSIT, _("Into the patient's deposit")),
        ],
        initial=Method.CASH,
        widget=SegmentedChoice,
    )
    reference = forms.CharField(
        label=_("Reference"), max_length=64, required=False, help_text=_("The number of the transfer; not for cash.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("method") in (Method.CARD, Method.BANK, Method.KHQR) and not cleaned.get("reference"):
            self.add_error("reference", _("Enter the number of the transfer."))
        return cleaned

    def way(self) -> dict[str, str]:
        """The arguments of ``pay_refund``."""
        method, reference = self.cleaned_data["method"], self.cleaned_data["reference"]
        if method == self.CASH_RIEL:
            return {"method": Method.CASH, "notes_in": KHR, "reference": reference}
        return {"method": method, "notes_in": USD, "reference": reference}
