"""Forms of the dispensing page. One row for each outstanding item, prefixed with the item's id."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import DecimalInput, Form, SegmentedChoice
from pharmacy.models import BatchBalance, DispenseLine, PrescriptionItem
from pharmacy.services.allocation import Wish
from pharmacy.states import AdjustmentReason


class WorklistSearch(Form):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Prescription, patient, phone")}),
    )


class PrepareRow(Form):
    """How many units of one item go into the bag, and from which lot if not the first to expire."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=0, max_value=10_000, required=False)
    batch = forms.ChoiceField(label=_("Batch"), required=False)
    reason = forms.CharField(label=_("Reason for this batch"), required=False, max_length=255)

    def __init__(self, *args: Any, item: PrescriptionItem, balances: Sequence[BatchBalance], **kwargs: Any) -> None:
        self.item, self.balances = item, list(balances)
        self.available = sum(balance.available for balance in self.balances)
        kwargs.setdefault("initial", {"quantity": min(item.outstanding, self.available)})
        super().__init__(*args, prefix=str(item.pk), **kwargs)
        self.fields["quantity"].widget = DecimalInput(attrs={"inputmode": "numeric"})
        self.fields["batch"].choices = [("", _("First to expire")), *map(_batch_choice, self.balances)]

    def wish(self) -> Wish | None:
        """What to reserve; None when the quantity is empty or zero."""
        quantity = self.cleaned_data["quantity"]
        if not quantity:
            return None
        chosen = self.cleaned_data["batch"]
        batch = next((row.batch for row in self.balances if str(row.batch_id) == chosen), None)
        return Wish(self.item, quantity, batch, self.cleaned_data["reason"])


def _batch_choice(balance: BatchBalance) -> tuple[str, str]:
    label = _("%(lot)s · expires %(expiry)s · %(available)d available") % {
        "lot": balance.batch.lot_number,
        "expiry": balance.batch.expires_on.isoformat(),
        "available": balance.available,
    }
    return str(balance.batch_id), label


def prepare_rows(
    items: Sequence[PrescriptionItem], shelf: Mapping[UUID, list[BatchBalance]], data: Any = None
) -> list[PrepareRow]:
    return [PrepareRow(data, item=item, balances=shelf.get(item.medicine_id, [])) for item in items]


class QuestionForm(Form):
    question = forms.CharField(
        label=_("Question to the doctor"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class HandOverForm(Form):
    """Shown fields depend on what is still open: a reason for an unpaid bag, one for each item with a new warning."""

    unpaid_reason = forms.CharField(label=_("Reason for handing over unpaid"), required=False, max_length=500)

    def __init__(self, *args: Any, items: Sequence[PrescriptionItem] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            field = forms.CharField(label=_("Reason for going on despite the warnings"), max_length=500)
            field.required = False
            self.fields[f"reason_{item.pk}"] = field

    def reasons(self) -> dict[UUID, str]:
        return {item.pk: self.cleaned_data.get(f"reason_{item.pk}", "") for item in self.items}


class ReturnForm(Form):
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=10_000)
    destination = forms.ChoiceField(
        label=_("Where it goes"),
        choices=[("quarantine", _("Quarantine")), ("stock", _("Back into stock"))],
        initial="quarantine",
        widget=SegmentedChoice,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, line: DispenseLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].help_text = _("At most %(most)s.") % {"most": line.kept}


class AdjustmentForm(Form):
    quantity = forms.IntegerField(
        label=pgettext_lazy("stock", "Change"),
        min_value=-1_000_000,
        max_value=1_000_000,
        help_text=_("Negative when units are missing or removed, for example -5."),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=AdjustmentReason.choices)
    note = forms.CharField(label=_("Note"), max_length=255)

    def clean_quantity(self) -> int:
        quantity = self.cleaned_data["quantity"]
        if not quantity:
            raise forms.ValidationError(_("A change of zero changes nothing."))
        return quantity
