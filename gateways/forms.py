"""What the pages of the gateways take in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import amount_field
from billing.models import Drawer
from core.fetching import is_allowed
from core.forms import Form, ModelForm, SegmentedChoice
from core.money import Currency
from gateways import khqr
from gateways.models import KhqrAccount, PayerScreen, StripeAccount


class QrForm(Form):
    """Another amount or currency than all of what is due."""

    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, widget=SegmentedChoice)
    amount = amount_field(_("Amount"))


class KhqrAccountForm(ModelForm):
    api = forms.URLField(label=_("Address of the bank's service"), max_length=200, assume_scheme="https")
    token = forms.CharField(
        label=_("Key of the bank's service"),
        required=False,
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Left empty, the key that is stored stays."),
    )
    minutes = forms.IntegerField(label=_("Minutes until a code expires"), min_value=1, max_value=60)

    class Meta:
        model = KhqrAccount
        fields = (
            "bakong_id",
            "name",
            "city",
            "merchant_id",
            "acquiring_bank",
            "api",
            "token",
            "token_expires_on",
            "minutes",
            "is_active",
        )

    def clean_bakong_id(self) -> str:
        text = self.cleaned_data["bakong_id"]
        if not khqr.ACCOUNT.fullmatch(text):
            raise forms.ValidationError(_("Write the account as name@bank."))
        return text

    def clean_api(self) -> str:
        address = self.cleaned_data["api"]
        if not is_allowed(address):
            raise forms.ValidationError(_("Only https addresses are asked."))
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("is_active") and not (cleaned.get("token") or self.instance.token):
            self.add_error("token", _("Without a key the bank cannot be asked."))
        return cleaned


class StripeAccountForm(ModelForm):
    api = forms.URLField(label=_("Address of Stripe"), max_length=200, assume_scheme="https")
    secret_key = forms.CharField(
        label=_("Secret key"),
        required=False,
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Left empty, the key that is stored stays."),
    )
    webhook_secret = forms.CharField(
        label=_("Signing secret of events"),
        required=False,
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Left empty, the key that is stored stays."),
    )
    hours = forms.IntegerField(label=_("Hours until a link expires"), min_value=1, max_value=23)

    class Meta:
        model = StripeAccount
        fields = ("api", "secret_key", "webhook_secret", "hours", "is_active")

    def clean_api(self) -> str:
        address = self.cleaned_data["api"]
        if not is_allowed(address):
            raise forms.ValidationError(_("Only https addresses are asked."))
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("secret_key", "webhook_secret"):
            if cleaned.get("is_active") and not (cleaned.get(name) or (self.instance.pk and self.stored[name])):
                self.add_error(name, _("Without it online payments cannot be taken."))
        return cleaned

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = {name: getattr(self.instance, name) for name in ("secret_key", "webhook_secret")}


class LinkForm(Form):
    """A deposit to be paid by link."""

    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices, widget=SegmentedChoice)
    amount = amount_field(_("Amount"), required=True)


class ScreenForm(Form):
    drawer: "forms.ModelChoiceField[Drawer]" = forms.ModelChoiceField(label=_("Drawer"), queryset=Drawer.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = PayerScreen.objects.filter(revoked_at=None).values("drawer")
        free = Drawer.objects.filter(is_active=True).exclude(pk__in=taken)
        self.fields["drawer"].queryset = free.select_related("branch")
        self.fields["drawer"].initial = free.first()
