"""What stands in the way of erasing a record: this room's own reasons, and those that rooms above add.

@hinders(gettext_lazy("An invoice is open."))
def open_invoices(patients: Collection[UUID]) -> QuerySet:     # ids of those patients for whom it is so
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.models import DataExport, LegalHold, Patient, Visit
from patients.states import ExportStatus, VisitStatus

Finder = Callable[[Collection[UUID]], QuerySet]


@dataclass(frozen=True)
class Hindrance:
    words: str | Promise
    find: Finder


_hindrances: dict[str, Hindrance] = {}


def hinders(words: str | Promise) -> Callable[[Finder], Finder]:
    """Register a reason: ``words`` for people, and the function that finds the patients for whom it holds."""

    def register(find: Finder) -> Finder:
        _hindrances[f"{find.__module__}.{find.__qualname__}"] = Hindrance(words, find)
        return find

    return register


def hindrances_of(patient: Patient) -> list[str]:
    """What stands in the way of erasing this record now, in words; one statement a reason."""
    return [str(one.words) for one in _hindrances.values() if one.find([patient.pk]).exists()]


def hindered(patients: Collection[UUID]) -> set[UUID]:
    """Those of many patients whose record cannot be erased now; one statement a reason."""
    return set(_all(patients))


def _all(patients: Collection[UUID]) -> Iterator[UUID]:
    for one in _hindrances.values():
        yield from one.find(patients)


@hinders(_("A legal hold stands."))
def legal_holds(patients: Collection[UUID]) -> QuerySet:
    return LegalHold.objects.filter(patient__in=patients, lifted_at=None).values_list("patient", flat=True)


@hinders(_("A visit is open."))
def open_visits(patients: Collection[UUID]) -> QuerySet:
    return Visit.objects.filter(patient__in=patients, status=VisitStatus.OPEN).values_list("patient", flat=True)


@hinders(_("An archive for the patient is being put together."))
def open_exports(patients: Collection[UUID]) -> QuerySet:
    open_ones = [ExportStatus.QUEUED, ExportStatus.RUNNING]
    return DataExport.objects.filter(patient__in=patients, status__in=open_ones).values_list("patient", flat=True)
