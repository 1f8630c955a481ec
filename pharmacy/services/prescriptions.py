"""Writing, signing and stopping prescriptions. A draft is freely changed; what is signed is only stopped."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from clinical.models import Encounter
from core import clock, events
from core.numbering import next_number
from pharmacy.dosing import needed_quantity
from pharmacy.errors import (
    DoseUnitNotPossible,
    EncounterClosed,
    MedicineNotInUse,
    MedicineTwice,
    OverrideReasonMissing,
    PrescriptionEmpty,
    PrescriptionSigned,
    QuantityMissing,
    ReasonMissing,
    RouteNotPossible,
)
from pharmacy.models import Medicine, Prescription, PrescriptionItem
from pharmacy.queries.safety import facts_about, findings_of, running_items
from pharmacy.safety import Finding, check_item, check_substance
from pharmacy.services.moves import move_item, move_prescription
from pharmacy.services.warnings import record_warnings
from pharmacy.states import CheckStage, PrescriptionStatus

FIELDS = (
    "dose",
    "dose_unit",
    "frequency",
    "route",
    "duration_days",
    "quantity",
    "as_needed",
    "instructions",
)


@transaction.atomic
def add_item(*, encounter: Encounter, by: User, reason: str = "", **fields: Any) -> PrescriptionItem:
    """Put one medicine on the encounter's draft.

    `fields`: medicine, dose, dose_unit, frequency, route, duration_days, and optionally quantity (computed when None),
    as_needed, instructions. Raises OverrideReasonMissing when a blocking warning has no `reason`.
    """
    draft = _locked_draft(encounter, by)
    items = list(draft.items.select_related("medicine").order_by("position"))
    if any(item.medicine_id == fields["medicine"].pk for item in items):
        raise MedicineTwice()
    position = max((item.position for item in items), default=0) + 1
    item = PrescriptionItem(prescription=draft, medicine=fields.pop("medicine"), position=position)
    return _write_item(item, items, fields, reason)


@transaction.atomic
def change_item(*, item: PrescriptionItem, reason: str = "", by: User, **fields: Any) -> PrescriptionItem:
    """Change dose, frequency, route, duration, quantity or instructions of a line of a draft."""
    draft = _locked(item.prescription)
    _require_draft(draft)
    item = draft.items.select_related("medicine").get(pk=item.pk)
    item.prescription = draft
    others = list(draft.items.exclude(pk=item.pk).filter(position__lt=item.position).select_related("medicine"))
    fields.pop("medicine", None)
    return _write_item(item, others, fields, reason)


@transaction.atomic
def remove_item(*, item: PrescriptionItem, by: User) -> None:
    draft = _locked(item.prescription)
    _require_draft(draft)
    PrescriptionItem.objects.filter(pk=item.pk).delete()


@transaction.atomic
def sign_prescription(
    *, prescription: Prescription, by: User, reasons: Mapping[UUID, str] | None = None
) -> Prescription:
    """Sign a draft: every check runs once more. `reasons` answer, by item, warnings that came up since it was added."""
    prescription = _locked(prescription)
    _require_draft(prescription)
    _require_writable(prescription.encounter)
    items = list(prescription.items.select_related("medicine").order_by("position"))
    if not items:
        raise PrescriptionEmpty()
    findings = findings_of(prescription, items)
    answers = {item: _answers(item, findings[item], (reasons or {}).get(item.pk, "")) for item in items}
    _refuse_unanswered(findings, answers)
    for item in items:
        item.prescription = prescription
    number = next_number("pharmacy.prescription")
    move_prescription(prescription, "sign", by=by, prescriber=by, signed_at=clock.now(), number=number)
    for item in items:
        move_item(item, "sign", by=by)
        record_warnings(item, findings[item], answers[item], stage=CheckStage.PRESCRIBING, by=by)
    events.publish("pharmacy.prescription_signed", prescription_id=prescription.pk)
    return prescription


@transaction.atomic
def prescribe(*, encounter: Encounter, items: Iterable[Mapping[str, Any]], by: User) -> Prescription:
    """Write and sign a whole prescription; each item holds the arguments of `add_item`."""
    added = [add_item(encounter=encounter, by=by, **item) for item in items]
    if not added:
        raise PrescriptionEmpty()
    return sign_prescription(prescription=added[0].prescription, by=by)


def medicine_findings(encounter: Encounter, medicine: Medicine) -> list[Finding]:
    """What is known against a medicine before a dose is typed: allergies, interactions, duplicates."""
    draft = encounter.prescriptions.filter(status=PrescriptionStatus.DRAFT).first()
    others = list(draft.items.exclude(medicine=medicine).select_related("medicine")) if draft else []
    running = running_items(encounter.patient, besides=[draft.pk] if draft else [])
    item = PrescriptionItem(medicine=medicine, route=medicine.routes[0])
    return check_substance(item, [*running, *others], facts_about(encounter.patient))


def draft_findings(item: PrescriptionItem, others: list[PrescriptionItem]) -> list[Finding]:
    """What the checks say about an item that is not saved yet, beside `others` and what the patient takes already."""
    patient = item.prescription.patient
    running = running_items(patient, besides=[item.prescription_id])
    return check_item(item, [*running, *others], facts_about(patient))


def _write_item(
    item: PrescriptionItem, others: list[PrescriptionItem], fields: Mapping[str, Any], reason: str
) -> PrescriptionItem:
    for name in FIELDS:
        if name in fields:
            setattr(item, name, fields[name])
    _require_possible(item)
    if item.quantity is None:
        item.quantity = _computed_quantity(item)
    findings = draft_findings(item, others)
    blocking = [finding for finding in findings if finding.needs_reason]
    if blocking and not reason.strip():
        raise OverrideReasonMissing(findings)
    item.reasons = {finding.key: reason.strip() for finding in blocking}
    item.save()
    return item


def _require_possible(item: PrescriptionItem) -> None:
    medicine = item.medicine
    if not medicine.is_active:
        raise MedicineNotInUse()
    if item.route not in medicine.routes:
        raise RouteNotPossible()
    if item.dose_unit not in medicine.dose_units:
        raise DoseUnitNotPossible()


def _computed_quantity(item: PrescriptionItem) -> int:
    needed = needed_quantity(
        item.medicine, dose=item.dose, unit=item.dose_unit, frequency=item.frequency, days=item.duration_days
    )
    if needed is None:
        raise QuantityMissing()
    return needed


def _answers(item: PrescriptionItem, findings: list[Finding], reason: str) -> dict[str, str]:
    """The reason for each blocking finding, by key: as written at the line, else as written at the signature."""
    keys = [finding.key for finding in findings if finding.needs_reason]
    return {key: item.reasons.get(key) or reason.strip() for key in keys}


def _refuse_unanswered(
    findings: Mapping[PrescriptionItem, list[Finding]], answers: Mapping[PrescriptionItem, Mapping[str, str]]
) -> None:
    open_findings = [
        (item, finding)
        for item, found in findings.items()
        for finding in found
        if finding.needs_reason and not answers[item].get(finding.key)
    ]
    if open_findings:
        raise OverrideReasonMissing(open_findings)


def _locked_draft(encounter: Encounter, by: User) -> Prescription:
    """The encounter's draft, made when there is none; the encounter's row keeps two tabs from making two."""
    encounter = Encounter.objects.select_for_update(of=("self",)).select_related("patient").get(pk=encounter.pk)
    _require_writable(encounter)
    draft = Prescription.objects.select_for_update().filter(encounter=encounter, status=PrescriptionStatus.DRAFT)
    found = draft.first() or Prescription.objects.create(
        encounter=encounter,
        visit_id=encounter.visit_id,
        patient_id=encounter.patient_id,
        branch_id=encounter.branch_id,
        prescriber=by,
    )
    found.patient = encounter.patient
    return found


def _locked(prescription: Prescription) -> Prescription:
    rows = Prescription.objects.select_for_update(of=("self",)).select_related("patient", "encounter", "visit")
    return rows.get(pk=prescription.pk)


def _require_writable(encounter: Encounter) -> None:
    if not encounter.is_writable:
        raise EncounterClosed()


def _require_draft(prescription: Prescription) -> None:
    if not prescription.is_draft:
        raise PrescriptionSigned()


@transaction.atomic
def stop_item(*, item: PrescriptionItem, reason: str, by: User) -> PrescriptionItem:
    """End a course: what is outstanding is void, and a bag that holds it cannot be handed over."""
    if not reason.strip():
        raise ReasonMissing()
    prescription = _locked(item.prescription)
    item = PrescriptionItem.objects.select_for_update().get(pk=item.pk)
    item.prescription = prescription
    _stop(item, reason, by)
    _close_when_done(prescription, by)
    return item


@transaction.atomic
def stop_prescription(*, prescription: Prescription, reason: str, by: User) -> Prescription:
    """Stop every item that is still running."""
    if not reason.strip():
        raise ReasonMissing()
    prescription = _locked(prescription)
    for item in prescription.items.select_for_update().order_by("pk"):
        item.prescription = prescription
        if item.can_stop:
            _stop(item, reason, by)
    move_prescription(prescription, "stop", by=by, reason=reason)
    events.publish("pharmacy.prescription_stopped", prescription_id=prescription.pk, visit_id=prescription.visit_id)
    return prescription


def _stop(item: PrescriptionItem, reason: str, by: User) -> None:
    move_item(item, "stop", by=by, reason=reason, stop_reason=reason, stopped_by=by, stopped_at=clock.now())


def _close_when_done(prescription: Prescription, by: User) -> None:
    """Nothing left to hand over: dispensed when anything was, else stopped."""
    items = list(prescription.items.all())
    if not prescription.is_open or any(item.outstanding for item in items):
        return
    given = any(item.dispensed for item in items) and prescription.can_dispense
    move_prescription(prescription, "dispense" if given else "stop", by=by)
