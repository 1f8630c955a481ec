"""The address by the gazetteer: province, then its districts, then its communes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from terminology.queries import divisions_by_code, divisions_in, provinces


class AddressMixin(forms.Form):
    """Fields of an address. Which districts and communes are offered follows from what is chosen above them."""

    province = forms.CharField(label=_("Province"), required=False, max_length=2, widget=forms.Select)
    district = forms.CharField(label=_("District"), required=False, max_length=4, widget=forms.Select)
    commune = forms.CharField(label=_("Commune"), required=False, max_length=6, widget=forms.Select)
    village = forms.CharField(label=_("Village"), required=False, max_length=80)
    street = forms.CharField(label=_("House and street"), required=False, max_length=120)

    def offer_divisions(self) -> None:
        """Fill the three lists; a district outside the chosen province is forgotten, and so is its commune."""
        province = self._value_of("province")
        district = self._value_of("district") if self._value_of("district").startswith(province or "-") else ""
        for name, rows in (
            ("province", provinces()),
            ("district", divisions_in(province)),
            ("commune", divisions_in(district)),
        ):
            self.fields[name].widget.choices = [("", "—"), *((row.code, row.name) for row in rows)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        codes = [cleaned.get(name) or "" for name in ("province", "district", "commune")]
        known = divisions_by_code(codes)
        for name, code, above in zip(("province", "district", "commune"), codes, ("", *codes), strict=False):
            if code and (code not in known or not _belongs(known[code].parent_id, above)):
                self.add_error(name, forms.ValidationError(_("Choose one from the list."), code="division"))
        return cleaned

    def _value_of(self, name: str) -> str:
        return str(self[name].value() or "")


def _belongs(parent: str | None, above: str) -> bool:
    return (parent or "") == above
