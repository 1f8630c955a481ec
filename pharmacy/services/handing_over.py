"""The last step: checks once more, payment, the stock ledger, the patient's hand."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from billing.queries import unpaid_charges
from core import clock, events
from pharmacy.errors import (
    BatchExpired,
    ItemStopped,
    OverrideReasonMissing,
    PaymentMissing,
    ReviewMissing,
    SecondCheckMissing,
)
from pharmacy.models import Dispense, DispenseLine, Prescription, PrescriptionItem
from pharmacy.queries.prescriptions import lines_of
from pharmacy.queries.safety import findings_of, reasons_given
from pharmacy.safety import Finding
from pharmacy.services.dispensing import CHARGE_SOURCE, bag_of, lock_dispense
from pharmacy.services.moves import move_dispense, move_item, move_prescription
from pharmacy.services.stock import Move, move_stock
from pharmacy.services.warnings import record_warnings
from pharmacy.states import DISPENSABLE_ITEMS, DISPENSE_FLOW, CheckStage, MovementKind


@transaction.atomic
def hand_over(
    *, dispense: Dispense, by: User, reasons: Mapping[UUID, str] | None = None, unpaid_reason: str = ""
) -> Dispense:
    """Give the bag to the patient.

    `reasons` answer, by item, warnings that nobody has answered yet (an allergy recorded since). `unpaid_reason` lets
    the bag go before payment; the caller has checked that `by` may. Raises ReviewMissing, SecondCheckMissing,
    PaymentMissing, OverrideReasonMissing, ItemStopped, BatchExpired, MoveNotAllowed.
    """
    dispense = lock_dispense(dispense)
    prescription, lines = dispense.prescription, lines_of(dispense)
    DISPENSE_FLOW.check("hand_over", dispense.status)
    items = _locked_items(prescription, lines)
    _require_fit(prescription, items, lines)
    if dispense.waits_for_check:
        raise SecondCheckMissing()
    unpaid = is_unpaid(dispense, lines)
    if unpaid and not unpaid_reason.strip():
        raise PaymentMissing()
    _check_again(prescription, items, reasons or {}, by)
    _move_out(dispense, lines, by)
    paid: dict[str, Any] = {"unpaid_override": True, "unpaid_reason": unpaid_reason.strip()} if unpaid else {}
    move_dispense(dispense, "hand_over", by=by, handed_over_by=by, handed_over_at=clock.now(), **paid)
    _count_dispensed(prescription, items, lines, by)
    ids = {"dispense_id": dispense.pk, "prescription_id": prescription.pk, "visit_id": prescription.visit_id}
    events.publish("pharmacy.dispensed", **ids)
    return dispense


def is_unpaid(dispense: Dispense, lines: Sequence[DispenseLine]) -> bool:
    """Whether payment is wanted before the hand-over and one of these lines is still owed."""
    if not dispense.needs_payment:
        return False
    owed = unpaid_charges(dispense.prescription.visit_id).filter(source_kind=CHARGE_SOURCE)
    return owed.filter(source_id__in=[line.pk for line in lines]).exists()


def unanswered_findings(
    findings: Mapping[PrescriptionItem, list[Finding]], items: Sequence[PrescriptionItem]
) -> dict[PrescriptionItem, list[Finding]]:
    """Blocking findings without a reason by the doctor or an earlier pharmacist: those need one now."""
    given = reasons_given(items)
    waiting = {
        item: [one for one in findings[item] if one.needs_reason and (item.pk, one.key) not in given] for item in items
    }
    return {item: found for item, found in waiting.items() if found}


def _locked_items(prescription: Prescription, lines: Sequence[DispenseLine]) -> list[PrescriptionItem]:
    wanted = {line.item_id for line in lines}
    rows = prescription.items.select_for_update(of=("self",)).select_related("medicine").order_by("pk")
    items = [item for item in rows if item.pk in wanted]
    for item in items:
        item.prescription = prescription
    return items


def _require_fit(prescription: Prescription, items: Sequence[PrescriptionItem], lines: Sequence[DispenseLine]) -> None:
    if any(item.status not in DISPENSABLE_ITEMS for item in items):
        raise ItemStopped()
    if not prescription.can_dispense:
        raise ReviewMissing()
    if any(line.batch.is_expired for line in lines):
        raise BatchExpired()


def _check_again(
    prescription: Prescription, items: list[PrescriptionItem], reasons: Mapping[UUID, str], by: User
) -> None:
    findings = findings_of(prescription, items)
    waiting = unanswered_findings(findings, items)
    missing = [
        (item, finding) for item, found in waiting.items() for finding in found if not reasons.get(item.pk, "").strip()
    ]
    if missing:
        raise OverrideReasonMissing(missing)
    for item, found in waiting.items():
        answers = {finding.key: reasons[item.pk].strip() for finding in found}
        record_warnings(item, found, answers, stage=CheckStage.DISPENSING, by=by)


def _move_out(dispense: Dispense, lines: Sequence[DispenseLine], by: User) -> None:
    """One ledger line for each lot; a batch that expired since it was reserved stops here, in the database too."""
    moves = [
        Move(line.batch, dispense.location, -line.quantity, reserved=-line.quantity, source_id=line.pk)
        for line in lines
    ]
    move_stock(moves, kind=MovementKind.DISPENSE, source_kind=CHARGE_SOURCE, by=by)


def _count_dispensed(
    prescription: Prescription, items: list[PrescriptionItem], lines: Sequence[DispenseLine], by: User
) -> None:
    for item, units in bag_of(items, lines).items():
        whole = item.dispensed + units >= item.quantity
        move_item(item, "dispense" if whole else "dispense_partly", by=by, dispensed=item.dispensed + units)
    complete = not any(item.outstanding for item in prescription.items.all())
    move_prescription(prescription, "dispense" if complete else "dispense_partly", by=by)
