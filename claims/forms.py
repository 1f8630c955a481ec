"""What the pages of claims take in."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import amount_field
from claims.adapters.remittances import FIELDS, USUAL
from claims.models import Channel, Claim, DenialReason
from claims.queries import OWED_BACK
from claims.services.answers import Refusal
from claims.states import ClaimStatus, DispositionKind, Way
from core.clock import today
from core.forms import Form, SegmentedChoice
from core.money import Currency, Money, fits
from insurance.models import Payer
from patients.models import PatientDocument

LARGEST = 5 * 1024 * 1024


CLAIMS = [("", _("All open")), *ClaimStatus.choices, (OWED_BACK, _("Owed back to the payer")), ("all", _("All"))]


class ClaimSearchForm(Form):
    number = forms.CharField(label=_("Number"), max_length=60, required=False)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=CLAIMS)
    payer = forms.ModelChoiceField(
        label=_("Payer"), queryset=Payer.objects.all(), required=False, to_field_name="code", empty_label=_("All")
    )


class BatchForm(Form):
    """Which drafts of a payer go together."""

    claims = forms.ModelMultipleChoiceField(
        label=_("Claims"), queryset=Claim.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, drafts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claims"].queryset = drafts
        self.fields["claims"].initial = [one.pk for one in drafts]
        self.fields["claims"].label_from_instance = lambda one: f"{one.number} · {one.money}"


class AnswerForm(Form):
    """What the payer refuses of each line; nothing refused accepts the claim."""

    reference = forms.CharField(label=_("Reference"), max_length=64, required=False)

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(claim.lines.all())
        reasons = DenialReason.objects.all()
        for line in self.lines:
            places = 0 if line.currency == Currency.KHR else 2
            self.fields[f"refused_{line.pk}"] = amount_field(line.text, line.currency, places=places)
            self.fields[f"denial_{line.pk}"] = forms.ModelChoiceField(
                label=_("Reason"), queryset=reasons, required=False
            )

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        return [(line, self[f"refused_{line.pk}"], self[f"denial_{line.pk}"]) for line in self.lines]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for line in self.lines:
            amount = cleaned.get(f"refused_{line.pk}")
            if amount and amount > line.amount:
                self.add_error(f"refused_{line.pk}", _("More is refused than was claimed."))
            elif amount and not cleaned.get(f"denial_{line.pk}"):
                self.add_error(f"denial_{line.pk}", _("Say why it is refused."))
        return cleaned

    def refused(self) -> dict[Any, Refusal]:
        found = {}
        for line in self.lines:
            amount = self.cleaned_data.get(f"refused_{line.pk}")
            if amount:
                found[line.pk] = Refusal(amount, self.cleaned_data[f"denial_{line.pk}"])
        return found


class AppealForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 3}))


class DispositionForm(Form):
    """What becomes of a refused amount."""

    kind = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=DispositionKind.choices,
        initial=DispositionKind.PASS_ON,
        widget=SegmentedChoice,
    )
    amount = amount_field(_("Amount"), required=True)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_amount(self) -> Decimal:
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("Enter an amount."))
        return amount


class ReturnForm(Form):
    """What the hospital pays back to the payer by bank."""

    amount = amount_field(_("Amount"), required=True)
    given_on = forms.DateField(label=_("Paid back on"))
    reference = forms.CharField(label=_("Reference"), max_length=64)

    def __init__(self, *args: Any, left: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.initial = {"amount": left.amount, "given_on": today()}

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not amount or not fits(amount, self.left.currency):
            raise forms.ValidationError(_("Enter an amount."))
        if amount > self.left.amount:
            raise forms.ValidationError(_("This is more than the payer is owed back."))
        return amount

    def clean_given_on(self) -> datetime.date:
        given_on: datetime.date = self.cleaned_data["given_on"]
        if given_on > today():
            raise forms.ValidationError(_("This day lies ahead."))
        return given_on


class PaperForm(Form):
    """A paper of the patient's record."""

    document = forms.ModelChoiceField(label=_("Document"), queryset=PatientDocument.objects.none())

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = PatientDocument.objects.filter(patient=claim.patient_id, removed_at=None).exclude(kind="photo")
        self.fields["document"].queryset = papers
        self.fields["document"].label_from_instance = lambda one: (
            f"{one.created_at:%Y-%m-%d} · {one.get_kind_display()} {one.title}"
        )


class RemittanceForm(Form):
    """A payer's file and how it is read."""

    payer = forms.ModelChoiceField(label=_("Payer"), queryset=Payer.objects.none(), empty_label=None)
    file = forms.FileField(label=_("File"), help_text=_("CSV with one row a claim, or FHIR ClaimResponse (JSON)."))
    received_on = forms.DateField(label=_("Received"))
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)
    reference = forms.CharField(label=_("Reference"), max_length=64, required=False)
    column_claim = forms.CharField(label=_("Column of the claim's number"), max_length=60)
    column_paid = forms.CharField(label=_("Column of the amount paid"), max_length=60)
    column_rejected = forms.CharField(label=_("Column of the amount refused"), max_length=60, required=False)
    column_reason = forms.CharField(label=_("Column of the reason"), max_length=60, required=False)

    def __init__(self, *args: Any, mapping: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer"].queryset = Payer.objects.filter(active=True)
        self.fields["received_on"].initial = today()
        for name in FIELDS:
            self.fields[f"column_{name}"].initial = (mapping or USUAL).get(name, "")

    def clean_file(self) -> bytes:
        content = self.cleaned_data["file"].read(LARGEST + 1)
        if len(content) > LARGEST:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        return content

    def mapping(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"column_{name}"] for name in FIELDS}


class ChannelForm(Form):
    """How claims go to a payer."""

    way = forms.ChoiceField(label=_("Sent as"), choices=Way.choices, widget=SegmentedChoice)
    address = forms.URLField(
        label=_("Address of the interface"), max_length=200, required=False, assume_scheme="https",
        help_text=_("Base address of the payer's FHIR server; only https."),
    )  # fmt: skip
    token = forms.CharField(
        label=_("Token"), max_length=400, required=False, widget=forms.PasswordInput,
        help_text=_("Left empty, the stored one stays."),
    )  # fmt: skip

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"way": channel.way, "address": channel.address}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("way") == Way.API and not cleaned.get("address"):
            self.add_error("address", _("An interface has an address."))
        return cleaned
