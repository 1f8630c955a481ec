"""The same substance or the same chemical subgroup twice."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from pharmacy.models import Medicine, PrescriptionItem
from pharmacy.safety.findings import Finding
from pharmacy.states import CheckKind, Severity

SUBSTANCE = 7  # ATC fifth level
SUBGROUP = 5  # ATC fourth level


def check_duplicates(item: PrescriptionItem, others: Sequence[PrescriptionItem]) -> list[Finding]:
    partners = {other.medicine_id: other.medicine for other in others}
    findings = (_finding(item.medicine, other) for other in partners.values())
    return [finding for finding in findings if finding]


def _finding(medicine: Medicine, other: Medicine) -> Finding | None:
    if medicine.pk != other.pk and (medicine.is_local or other.is_local):
        return None
    first, second = sorted((medicine.code, other.code))
    key, params = f"duplicate:{first}:{second}", {"medicine": medicine, "other": other}
    if medicine.inn == other.inn or _share(medicine, other, SUBSTANCE):
        message = _("%(medicine)s holds the same substance as %(other)s, which the patient already takes.")
        return Finding(CheckKind.DUPLICATE, Severity.MAJOR, key, message, params)
    if _share(medicine, other, SUBGROUP):
        message = _("%(medicine)s belongs to the same class as %(other)s, which the patient already takes.")
        return Finding(CheckKind.DUPLICATE, Severity.MODERATE, key, message, params)
    return None


def _share(one: Medicine, other: Medicine, level: int) -> bool:
    codes = {code[:level] for code in one.atc_codes if len(code) >= level}
    return any(code[:level] in codes for code in other.atc_codes if len(code) >= level)
