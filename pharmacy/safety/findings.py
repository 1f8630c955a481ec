from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from pharmacy.models import Interaction
from pharmacy.states import BLOCKING_SEVERITIES, SEVERITY_ORDER, CheckKind, Severity


@dataclass(frozen=True)
class AllergyFact:
    """One recorded allergy of the patient, opened for the check and never kept."""

    id: str
    substance: str
    atc: str
    is_severe: bool
    is_medicine: bool


@dataclass(frozen=True)
class Facts:
    """What the checks know. None says that the table could not be read, which is not the same as an empty one."""

    allergies: Sequence[AllergyFact] | None
    allergies_were_asked: bool
    interactions: Sequence[Interaction] | None
    age_years: int | None


@dataclass(frozen=True)
class Finding:
    """One warning. `key` stays the same whenever the same thing is found again, and holds no personal data."""

    kind: CheckKind
    severity: Severity
    key: str
    message: str | Promise
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.message) % {name: str(value) for name, value in self.params.items()}

    @property
    def text(self) -> str:
        return str(self)

    @property
    def needs_reason(self) -> bool:
        return self.severity in BLOCKING_SEVERITIES

    @property
    def is_quiet(self) -> bool:
        """Shown small and without a sound: too many loud warnings and the grave ones are clicked away."""
        return self.severity == Severity.MINOR

    @property
    def rank(self) -> int:
        return SEVERITY_ORDER.index(self.severity)
