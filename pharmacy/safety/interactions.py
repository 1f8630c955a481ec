"""Two medicines that should not meet unnoticed, by ATC prefixes."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from pharmacy.models import Interaction, Medicine, PrescriptionItem
from pharmacy.safety.findings import Facts, Finding
from pharmacy.states import CheckKind, Severity


def check_interactions(item: PrescriptionItem, others: Sequence[PrescriptionItem], facts: Facts) -> list[Finding]:
    if facts.interactions is None:
        message = _("The interaction check is unavailable: no table of interactions is loaded.")
        return [Finding(CheckKind.INTERACTION, Severity.UNAVAILABLE, "interaction:unavailable", message)]
    if item.medicine.is_local:
        return []
    partners = {other.medicine_id: other.medicine for other in others if not other.medicine.is_local}
    partners.pop(item.medicine_id, None)
    return [finding for other in partners.values() for finding in _between(item.medicine, other, facts.interactions)]


def _between(one: Medicine, other: Medicine, pairs: Sequence[Interaction]) -> list[Finding]:
    return [_finding(pair, one, other) for pair in pairs if meets(pair, one, other)]


def meets(pair: Interaction, one: Medicine, other: Medicine) -> bool:
    """Whether the two medicines stand on the two sides of the pair. A substance does not interact with itself."""
    if set(one.atc_codes) & set(other.atc_codes):
        return False
    return (_on(pair.a_atc, one) and _on(pair.b_atc, other)) or (_on(pair.b_atc, one) and _on(pair.a_atc, other))


def _on(prefixes: Iterable[str], medicine: Medicine) -> bool:
    return any(code.startswith(prefix) for prefix in prefixes for code in medicine.atc_codes)


def _finding(pair: Interaction, one: Medicine, other: Medicine) -> Finding:
    first, second = sorted((one.code, other.code))
    message = _("%(medicine)s with %(other)s: %(effect)s.")
    params = {"medicine": one, "other": other, "effect": pair.effect}
    severity = Severity(pair.severity)
    return Finding(CheckKind.INTERACTION, severity, f"interaction:{pair.number}:{first}:{second}", message, params)
