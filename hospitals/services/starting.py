"""What every new hospital begins with, before its admin shapes it."""

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# code, kind, name, ticket letter
FIRST_DEPARTMENTS: list[tuple[str, str, str | Promise, str]] = [
    ("REG", "registration", _("Registration"), "R"),
    ("OPD", "outpatient", _("Outpatient"), "A"),
    ("ER", "emergency", _("Emergency"), "E"),
    ("LAB", "laboratory", _("Laboratory"), "L"),
    ("PHA", "pharmacy", _("Pharmacy"), "P"),
    ("BIL", "billing", _("Billing"), "C"),
]


def in_three_languages(field: str, label: str | Promise) -> dict[str, str]:
    """Return ``{field_en: …, field_km: …, field_zh_hans: …}`` of a translatable label."""
    names = {}
    for language in ("en", "km", "zh-hans"):
        with translation.override(language):
            names[f"{field}_{language.replace('-', '_')}"] = str(label)
    return names
