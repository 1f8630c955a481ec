"""Forms of the membership room."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DecimalInput, ModelForm, VersionedFormMixin
from crm.models import Tier


class TierForm(VersionedFormMixin, ModelForm):
    """A tier; its discount is typed in per cent and kept as a share."""

    threshold = forms.DecimalField(
        label=_("Points needed"), min_value=0, max_digits=12, decimal_places=2, widget=DecimalInput
    )
    percent = forms.DecimalField(
        label=_("Discount"), min_value=0, max_value=100, max_digits=5, decimal_places=2, widget=DecimalInput(unit="%")
    )

    class Meta:
        model = Tier
        fields = ["code", "name_en", "name_km", "name_zh_hans", "threshold", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_en"].required = True
        if not self.instance._state.adding:
            self.fields["percent"].initial = self.instance.percent
            self.fields["code"].disabled = True  # invoices name the tier by its code

    def details(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return values | {"rate": (self.cleaned_data["percent"] / 100).quantize(Decimal("0.0001"))}
