"""What the hospital holds about a patient: each room registers its tables; a guard finds one that nobody registered.

    hold("clinical.Note", path="encounter__patient", resource="Composition", seen=visible_notes)

Whoever takes out or erases what is known of a person walks through these, and through nothing else.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field, Model, Q, QuerySet

from audit.registry import NOT_TRAILED
from core.fields import EncryptedMixin
from core.models import StoredFile
from patients.models import Patient
from patients.states import Erases

Seen = Callable[[Any], QuerySet]
Namer = Callable[[Any], str]


@dataclass(frozen=True)
class Holding:
    """One table: the way to its patient, its name in FHIR R4 (or the nearest), and which rows a person may see.

    ``why_kept_in``: why its rows are not handed to the patient; empty where they are. ``erases``: what an erasure does
    with them.
    """

    label: str
    paths: tuple[str, ...]
    resource: str
    seen: Seen | None = None
    why_kept_in: str = ""
    erases: Erases = Erases.BLANK

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def holds_files(self) -> bool:
        return issubclass(self.model, StoredFile)

    @property
    def loses(self) -> bool:
        """Whether an erasure takes something of the table that people have a word for."""
        if self.erases == Erases.REMOVE:
            return self.table not in NOT_TRAILED
        return self.erases == Erases.BLANK and bool(self.ciphertext)

    @property
    def ciphertext(self) -> list[str]:
        """The encrypted columns."""
        return [str(one.column) for one in self.model._meta.concrete_fields if isinstance(one, EncryptedMixin)]

    def reached_from(self, patient: Patient) -> QuerySet:
        """Every row about the patient; one that is reached in two ways may come twice."""
        return self._reaching([patient.pk])

    def about(self, patients: Collection[Any]) -> QuerySet:
        """Every row about any of these patients, by their ids, once."""
        return self._reaching(patients).distinct()

    def of(self, patient: Patient) -> QuerySet:
        """Every row about the patient once, oldest first."""
        return self.reached_from(patient).distinct().order_by("pk")

    def _reaching(self, patients: Collection[Any]) -> QuerySet:
        reached = Q()
        for path in self.paths:
            reached |= Q(**{f"{path}__in": patients})
        return self.model._base_manager.filter(reached)

    def for_eyes_of(self, patient: Patient, user: Any) -> QuerySet:
        """The rows about the patient that this person may see."""
        rows = self.of(patient)
        return rows.filter(pk__in=self.seen(user).values("pk")) if self.seen else rows


_holdings: dict[str, Holding] = {}
_names: dict[str, Namer] = {}


def hold(label: str, *, path: str | tuple[str, ...], resource: str, **options: Any) -> Holding:
    """Register a table by its model's label; ``path`` leads from a row to its patient ("pk" for the patient itself)."""
    paths = (path,) if isinstance(path, str) else path
    _holdings[label] = Holding(label=label, paths=paths, resource=resource, **options)
    return _holdings[label]


def holdings() -> list[Holding]:
    """Every registered table, in the order of the rooms."""
    return list(_holdings.values())


def name_by(*, table: Namer, field: Namer) -> None:
    """Let a room above say what tables and fields are called in words."""
    _names.update(table=table, field=field)


def table_name(holding: Holding) -> str:
    return _names["table"](holding.table)


def field_name(field: Field) -> str:
    return _names["field"](field)


def counts_in_words(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Rows by table for people, in the order of the rooms."""
    return [(table_name(one), counts[one.table]) for one in holdings() if one.loses and one.table in counts]


def exported() -> Iterator[Holding]:
    """The tables whose rows are handed to the patient."""
    return (one for one in holdings() if not one.why_kept_in)


hold("patients.Patient", path="pk", resource="Patient")
hold("patients.PatientIdentifier", path="patient", resource="Identifier", erases=Erases.REMOVE)
hold("patients.EmergencyContact", path="patient", resource="RelatedPerson", erases=Erases.REMOVE)
hold("patients.Family", path="members", resource="Group")
hold("patients.Consent", path="patient", resource="Consent")
hold("patients.Visit", path="patient", resource="EpisodeOfCare")
hold("patients.VisitMove", path="visit__patient", resource="Provenance")
hold("patients.PatientDocument", path="patient", resource="DocumentReference", erases=Erases.REMOVE)
hold("patients.AccessGrant", path="patient", resource="AuditEvent")
hold("patients.DataExport", path="patient", resource="Provenance")
hold(
    "patients.ExportFile",
    path="export__patient",
    resource="Binary",
    why_kept_in="the archive itself",
    erases=Erases.REMOVE,
)
hold("patients.LegalHold", path="patient", resource="Flag", why_kept_in="of the inquiry", erases=Erases.KEEP)
hold(
    "patients.RetentionItem",
    path="patient",
    resource="Basic",
    why_kept_in="says that the record was old enough to go",
    erases=Erases.KEEP,
)
hold("patients.Erasure", path="patient", resource="Provenance", erases=Erases.KEEP)
hold(
    "patients.DuplicateAnswer",
    path=("patient", "other"),
    resource="Linkage",
    why_kept_in="says something of another patient as well",
    erases=Erases.REMOVE,
)
hold(
    "patients.SearchToken",
    path="patient",
    resource="Basic",
    why_kept_in="keyed hashes derived from the rest",
    erases=Erases.REMOVE,
)
