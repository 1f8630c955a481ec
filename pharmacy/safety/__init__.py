"""Checks of a prescription, offline and pure: what is known goes in, findings come out.

`check_item` looks at one item beside the others a patient takes. What cannot be checked is said as a finding of
severity "unavailable"; there is no silent failure.
"""

from collections.abc import Sequence

from pharmacy.models import PrescriptionItem
from pharmacy.safety.allergies import check_allergies
from pharmacy.safety.doses import check_dose
from pharmacy.safety.duplicates import check_duplicates
from pharmacy.safety.findings import AllergyFact, Facts, Finding
from pharmacy.safety.interactions import check_interactions

__all__ = ["AllergyFact", "Facts", "Finding", "check_item", "check_items", "check_substance"]


def check_item(item: PrescriptionItem, others: Sequence[PrescriptionItem], facts: Facts) -> list[Finding]:
    """Every finding about `item`, gravest first; `others` are what the patient takes besides it."""
    return sorted([*check_substance(item, others, facts), *check_dose(item, facts)], key=lambda finding: finding.rank)


def check_substance(item: PrescriptionItem, others: Sequence[PrescriptionItem], facts: Facts) -> list[Finding]:
    """What can be said before a dose is known."""
    findings = [
        *check_allergies(item, facts),
        *check_interactions(item, others, facts),
        *check_duplicates(item, others),
    ]
    return sorted(findings, key=lambda finding: finding.rank)


def check_items(
    items: Sequence[PrescriptionItem], running: Sequence[PrescriptionItem], facts: Facts
) -> dict[PrescriptionItem, list[Finding]]:
    """Findings by item. A pair of two new items is reported once, at the later one."""
    return {item: check_item(item, [*running, *items[:position]], facts) for position, item in enumerate(items)}
