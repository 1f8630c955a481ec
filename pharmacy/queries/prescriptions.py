"""Reads of prescriptions: who may see which, the pharmacy's worklist, what a patient takes."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Branch, User
from clinical.models import Encounter
from core.db.kept import kept
from patients.models import Patient
from patients.queries import search_patients
from pharmacy.access import prescriptions_in_sight
from pharmacy.models import (
    Dispense,
    DispenseLine,
    Prescription,
    PrescriptionItem,
    PrescriptionQuery,
    SafetyWarning,
)
from pharmacy.states import (
    DISPENSABLE_ITEMS,
    OPEN_DISPENSES,
    OPEN_PRESCRIPTIONS,
    PrescriptionStatus,
)

PEOPLE_SEARCHED = 50


def visible_prescriptions(user: User) -> QuerySet[Prescription]:
    """Prescriptions within the user's sight or work (pharmacy.access)."""
    rows = Prescription.objects.select_related("patient", "visit", "encounter", "branch", "prescriber")
    return rows.filter(prescriptions_in_sight(user))


def visible_items(user: User) -> QuerySet[PrescriptionItem]:
    rows = PrescriptionItem.objects.select_related("medicine", "prescription__patient", "prescription__encounter")
    return rows.filter(prescriptions_in_sight(user, "prescription"))


def visible_dispenses(user: User) -> QuerySet[Dispense]:
    rows = Dispense.objects.select_related("prescription__patient", "prescription__visit", "location", "prepared_by")
    return rows.filter(prescriptions_in_sight(user, "prescription"))


def visible_lines(user: User) -> QuerySet[DispenseLine]:
    rows = DispenseLine.objects.select_related("dispense__prescription__patient", "item__medicine", "batch")
    return rows.filter(prescriptions_in_sight(user, "dispense__prescription"))


# --- Worklist ---------------------------------------------------------------------------------------------------------
_OPEN_BAG = Exists(Dispense.objects.filter(prescription=OuterRef("pk"), status__in=OPEN_DISPENSES))


def worklist(user: User, *, branch: Branch, tab: str = "waiting", text: str = "") -> QuerySet[Prescription]:
    """Signed prescriptions of a branch. Tabs: waiting, queried, ready, partly, done; with a search text all of them."""
    rows = visible_prescriptions(user).filter(branch=branch).exclude(status=PrescriptionStatus.DRAFT)
    rows = rows.annotate(has_bag=_OPEN_BAG, item_count=Count("items", distinct=True))
    rows = _searched(rows, user, text.strip()) if text.strip() else _of_tab(rows, tab)
    done = tab == "done" or bool(text.strip())
    return rows.order_by("-signed_at", "-pk") if done else rows.order_by("signed_at", "pk")


def _of_tab(rows: Any, tab: str) -> QuerySet[Prescription]:
    status = PrescriptionStatus
    if tab == "queried":
        return rows.filter(status=status.QUERIED)
    if tab == "ready":
        return rows.filter(has_bag=True)
    if tab == "partly":
        return rows.filter(status=status.PARTLY_DISPENSED, has_bag=False)
    if tab == "done":
        return rows.filter(status__in=[status.DISPENSED, status.STOPPED, status.EXPIRED])
    return rows.filter(status__in=[status.SIGNED, status.REVIEWED], has_bag=False)


def _searched(rows: QuerySet[Prescription], user: User, text: str) -> QuerySet[Prescription]:
    """By prescription number (RX-000012 or 12) or by patient: name, phone, medical record number."""
    digits = text.upper().removeprefix("RX").lstrip("- ").lstrip("0")
    found = Q(patient__in=[patient.pk for patient in search_patients(user, text, limit=PEOPLE_SEARCHED)])
    if digits.isascii() and digits.isdigit() and len(digits) < 12:
        found |= Q(number=int(digits))
    return rows.filter(found)


def waiting_count(user: User) -> int:
    """What waits for a pharmacist: for the menu."""
    status = PrescriptionStatus
    return visible_prescriptions(user).filter(status__in=[status.SIGNED, status.REVIEWED]).count()


def tab_counts(user: User, branch: Branch) -> dict[str, int]:
    status = PrescriptionStatus
    rows = visible_prescriptions(user).filter(branch=branch, status__in=OPEN_PRESCRIPTIONS).annotate(bag=_OPEN_BAG)
    return rows.order_by().aggregate(
        waiting=Count("pk", filter=Q(status__in=[status.SIGNED, status.REVIEWED], bag=False)),
        queried=Count("pk", filter=Q(status=status.QUERIED)),
        ready=Count("pk", filter=Q(bag=True)),
        partly=Count("pk", filter=Q(status=status.PARTLY_DISPENSED, bag=False)),
    )


# --- One prescription -------------------------------------------------------------------------------------------------
def items_of(prescription: Prescription) -> list[PrescriptionItem]:
    rows = list(prescription.items.select_related("medicine", "stopped_by").order_by("position", "pk"))
    for item in rows:
        item.prescription = prescription
    return rows


def open_dispense(prescription: Prescription) -> Dispense | None:
    rows = prescription.dispenses.filter(status__in=OPEN_DISPENSES)
    return rows.select_related("location", "prepared_by", "checked_by").first()


def dispenses_of(prescription: Prescription) -> list[Dispense]:
    """Every bag of a prescription with its lines, newest first."""
    lines = DispenseLine.objects.select_related("batch", "item__medicine").order_by("item__position", "pk")
    rows = prescription.dispenses.select_related("location", "prepared_by", "checked_by", "handed_over_by")
    return list(rows.prefetch_related(Prefetch("lines", queryset=lines)).order_by("-prepared_at"))


def lines_of(dispense: Dispense) -> list[DispenseLine]:
    rows = dispense.lines.select_related("item__medicine", "batch")
    return list(rows.order_by("item__position", "batch__expires_on", "pk"))


def open_query(prescription: Prescription) -> PrescriptionQuery | None:
    return prescription.queries.filter(answered_at__isnull=True).select_related("asked_by").first()


# --- Encounter and chart ----------------------------------------------------------------------------------------------
def draft_of(encounter: Encounter) -> Prescription | None:
    rows = encounter.prescriptions.filter(status=PrescriptionStatus.DRAFT)
    return rows.select_related("patient", "encounter").first()


def signed_prescriptions(encounter: Encounter) -> list[Prescription]:
    """Signed prescriptions of an encounter with their items, open question and overridden warnings."""
    warnings = SafetyWarning.objects.exclude(reason="").select_related("by")
    items = PrescriptionItem.objects.select_related("medicine").prefetch_related(
        Prefetch("warnings", queryset=warnings, to_attr="overridden")
    )
    queries = PrescriptionQuery.objects.select_related("asked_by", "answered_by")
    rows = encounter.prescriptions.exclude(status=PrescriptionStatus.DRAFT).select_related("prescriber", "patient")
    rows = rows.prefetch_related(Prefetch("items", queryset=items), Prefetch("queries", queryset=queries))
    return list(rows.order_by("signed_at"))


def latest_items(patient: Patient, limit: int = 20) -> list[PrescriptionItem]:
    """Medicines prescribed to a patient, newest first, whatever became of them."""
    return _prescribed(patient.pk, limit=limit)


@kept
def _prescribed(patient: UUID, *, limit: int) -> QuerySet[PrescriptionItem]:
    rows = PrescriptionItem.objects.filter(prescription__patient=patient).exclude(
        prescription__status=PrescriptionStatus.DRAFT
    )
    return rows.select_related("medicine", "prescription").order_by("-prescription__signed_at", "position")[:limit]


def outstanding_items(items: list[PrescriptionItem]) -> list[PrescriptionItem]:
    return [item for item in items if item.status in DISPENSABLE_ITEMS and item.outstanding]
