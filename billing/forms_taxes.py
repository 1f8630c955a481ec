"""What the pages about value added tax take in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Category
from core.forms import Form
from core.preference_forms import PreferenceForm


class VatForm(PreferenceForm):
    """Whether the hospital takes part, and at which rate for each category."""

    keys = ("billing.vat_registered", *(f"billing.vat_{category.value}" for category in Category))


class BuyerForm(Form):
    """A company an invoice is made out for, or the patient with a tax number."""

    buyer = forms.CharField(
        label=_("Invoice for"), max_length=150, required=False, help_text=_("Empty: for the patient.")
    )
    tax_number = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9 -]{3,38}$",
        label=_("Tax number"),
        required=False,
        error_messages={"invalid": _("Use capital letters, digits and dashes.")},
    )
