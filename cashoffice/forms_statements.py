"""What the pages of statements take in."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Account
from cashoffice.models import ACCOUNTS, StatementMapping
from cashoffice.statements.reading import MOST_BYTES
from core.forms import Form, ModelForm
from core.preferences import preference

EXAMPLE = datetime.date(2026, 12, 31)
DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%Y/%m/%d", "%d %b %Y")


class ImportForm(Form):
    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.none())
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        widget=forms.FileInput({"accept": ".xml,.sta,.mt940,.940,.txt,.csv"}),
        help_text=_("CAMT.053, MT940 or a table (CSV), at most 5 MB."),
    )
    mapping = forms.ModelChoiceField(
        label=_("Way to read a table"),
        queryset=StatementMapping.objects.none(),
        required=False,
        help_text=_("For CSV files only."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = Account.objects.filter(key__in=ACCOUNTS).order_by("code")
        self.fields["mapping"].queryset = StatementMapping.objects.order_by("name")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than %(size)d MB.") % {"size": MOST_BYTES // 1024**2})
        return file


class MappingForm(ModelForm):
    date_format = forms.ChoiceField(
        label=_("Form of the date"), choices=[(form, f"{EXAMPLE:{form}}") for form in DATE_FORMS]
    )

    class Meta:
        model = StatementMapping
        fields = (
            "name", "currency", "delimiter", "date_column", "date_format", "amount_column", "credit_column",
            "debit_column", "reference_column", "text_column", "decimal_comma",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delimiter"].strip = False  # type: ignore[attr-defined]  # a tab is one
        self.fields["amount_column"].help_text = _("One column with a sign, or one for money in and one for money out.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("amount_column") and not (cleaned.get("credit_column") or cleaned.get("debit_column")):
            self.add_error("amount_column", _("Name the column of the amount, or those of money in and out."))
        return cleaned

    def _post_clean(self) -> None:
        """The service saves; uniqueness is told by it."""


class ClearForm(Form):
    """Whether what the chosen postings are larger than the money that came is a fee."""

    with_fee = forms.BooleanField(label=_("The payments are larger: the bank or provider kept a fee."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["with_fee"].help_text = _(
            "The difference is posted as a fee, at most %(percent)d %% of the payments."
        ) % {"percent": preference("cashoffice.fee_percent")}


class MatchForm(ClearForm):
    """Beside it: whether the bank booked the chosen posting in parts."""

    in_parts = forms.BooleanField(label=_("The bank booked it in parts: this line is one of them."), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("in_parts") and cleaned.get("with_fee"):
            self.add_error("with_fee", _("Choose one: it came in parts, or a fee was kept."))
        return cleaned


class PurposeForm(Form):
    """What a line without a posting is."""

    purpose = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            ("fee", _("Fee of the bank or provider")),
            ("card", _("Takings by card arrive")),
            ("khqr", _("Takings by KHQR arrive")),
            ("stripe", _("Takings by Stripe arrive")),
            ("income", _("Interest or other income")),
            ("unknown", _("Not known yet")),
        ],
    )

    def __init__(self, *args: Any, account: str, **kwargs: Any) -> None:
        """`account`: the key of the statement's; its own takings do not arrive on it."""
        super().__init__(*args, **kwargs)
        purpose = self.fields["purpose"]
        purpose.choices = [(key, label) for key, label in purpose.choices if key != account]  # type: ignore[attr-defined]
