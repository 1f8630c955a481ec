"""From a signed prescription to medicines in the patient's hand.

Rows are locked in one order everywhere: prescription, dispense, items, balances.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.models import User
from billing.services.charges import cancel_charge, capture
from core import clock
from core.preferences import preference
from patients.models import Visit
from patients.states import Payer, VisitKind
from pharmacy.errors import (
    CheckedByPreparer,
    NothingAllocated,
    PreparedAlready,
    ReasonMissing,
)
from pharmacy.models import Dispense, DispenseLine, Location, Prescription, PrescriptionItem
from pharmacy.queries.prescriptions import lines_of, open_dispense, outstanding_items
from pharmacy.services.allocation import Pick, Wish, allocate
from pharmacy.services.moves import move_dispense, move_prescription
from pharmacy.services.stock import Move, move_stock
from pharmacy.states import PRESCRIPTION_FLOW, MovementKind

CHARGE_SOURCE = "pharmacy.dispense_line"
_PAYS_LATER = (VisitKind.INPATIENT, VisitKind.EMERGENCY)


def lock_prescription(pk: UUID) -> Prescription:
    rows = Prescription.objects.select_for_update(of=("self",)).select_related("patient", "visit", "encounter")
    return rows.get(pk=pk)


def lock_dispense(dispense: Dispense) -> Dispense:
    """The dispense and its prescription, locked in the house's order."""
    prescription = lock_prescription(dispense.prescription_id)
    row = Dispense.objects.select_for_update(of=("self",)).select_related("location").get(pk=dispense.pk)
    row.prescription = prescription
    return row


@transaction.atomic
def review_prescription(*, prescription: Prescription, by: User) -> Prescription:
    """A pharmacist has read it and found it fit to be dispensed."""
    prescription = lock_prescription(prescription.pk)
    started = prescription.items.filter(dispensed__gt=0).exists()
    verb = "resume" if started else "review"
    move_prescription(prescription, verb, by=by, reviewed_by=by, reviewed_at=clock.now())
    return prescription


@transaction.atomic
def prepare_dispense(
    *, prescription: Prescription, location: Location, by: User, wishes: Sequence[Wish] | None = None
) -> Dispense:
    """Reserve lots and charge them. Without `wishes`: everything outstanding, as far as stock goes.

    Raises NothingAllocated, StockShort, PreparedAlready, MoveNotAllowed.
    """
    prescription = lock_prescription(prescription.pk)
    PRESCRIPTION_FLOW.check("dispense", prescription.status)
    if open_dispense(prescription):
        raise PreparedAlready()
    picks = allocate(_wishes_on(prescription, wishes), location)
    if not picks:
        raise NothingAllocated()
    dispense = _open_dispense(prescription, location, picks, by)
    lines = DispenseLine.objects.bulk_create(
        DispenseLine(
            dispense=dispense, item=pick.item, batch=pick.batch, quantity=pick.quantity, batch_reason=pick.reason
        )
        for pick in picks
    )
    moves = [Move(line.batch, location, reserved=line.quantity) for line in lines]
    move_stock(moves, kind=MovementKind.DISPENSE, source_kind=CHARGE_SOURCE, by=by)
    for line in lines:
        charge_line(line, prescription, by)
    return dispense


def _wishes_on(prescription: Prescription, wishes: Sequence[Wish] | None) -> list[Wish]:
    """Wishes over the items as they are now, locked."""
    rows = prescription.items.select_for_update(of=("self",)).select_related("medicine").order_by("pk")
    items = {item.pk: item for item in rows}
    if wishes is None:
        in_order = sorted(outstanding_items(list(items.values())), key=lambda item: item.position)
        return [Wish(item) for item in in_order]
    return [Wish(items[wish.item.pk], wish.quantity, wish.batch, wish.reason) for wish in wishes]


def _open_dispense(prescription: Prescription, location: Location, picks: Sequence[Pick], by: User) -> Dispense:
    minutes = timedelta(minutes=preference("pharmacy.reservation_minutes"))
    return Dispense.objects.create(
        prescription=prescription,
        location=location,
        needs_check=any(pick.item.medicine.high_alert for pick in picks),
        needs_payment=pays_first(prescription.visit),
        reserved_until=clock.now() + minutes,
        prepared_by=by,
        prepared_at=clock.now(),
    )


def pays_first(visit: Visit) -> bool:
    """Whether the hand-over waits for payment: outpatients who pay themselves, where the hospital wants it so."""
    return preference("pharmacy.pay_first") and visit.kind not in _PAYS_LATER and visit.payer == Payer.SELF


def charge_line(line: DispenseLine, prescription: Prescription, by: User) -> None:
    """Charge the units the patient keeps; a line returned in full is charged no more."""
    if not line.kept:
        return
    capture(
        visit=prescription.visit,
        source_kind=CHARGE_SOURCE,
        source_id=line.pk,
        service_code=line.item.medicine.price_code,
        quantity=Decimal(line.kept),
        text=line.item.medicine.full_name,
        performer_id=prescription.encounter.practitioner_id,
        by=by,
    )


@transaction.atomic
def check_dispense(*, dispense: Dispense, by: User) -> Dispense:
    """The second person's check. Raises CheckedByPreparer for whoever prepared it."""
    dispense = lock_dispense(dispense)
    if dispense.prepared_by_id == by.pk:
        raise CheckedByPreparer()
    move_dispense(dispense, "check", by=by, checked_by=by, checked_at=clock.now())
    return dispense


@transaction.atomic
def cancel_dispense(*, dispense: Dispense, reason: str, by: User) -> Dispense:
    """Put the medicines back on the shelf. Raises ChargeAlreadyInvoiced once they stand on an issued invoice."""
    if not reason.strip():
        raise ReasonMissing()
    dispense = lock_dispense(dispense)
    _let_go(dispense, "cancel", reason=reason, by=by)
    return dispense


def let_go_by_timer(dispense: Dispense) -> None:
    """What `cancel_dispense` does, by nobody. The caller holds the lock."""
    _let_go(dispense, "release", reason="reservation timed out", by=None)


def _let_go(dispense: Dispense, verb: str, *, reason: str, by: User | None) -> None:
    move_dispense(dispense, verb, by=by, reason=reason)
    lines = lines_of(dispense)
    moves = [Move(line.batch, dispense.location, reserved=-line.quantity) for line in lines]
    move_stock(moves, kind=MovementKind.DISPENSE, source_kind=CHARGE_SOURCE, by=by)
    for line in lines:
        cancel_charge(source_kind=CHARGE_SOURCE, source_id=line.pk, reason=reason, by=by)


def bag_of(items: Sequence[PrescriptionItem], lines: Sequence[DispenseLine]) -> dict[PrescriptionItem, int]:
    """Units in the bag by item."""
    units: dict[UUID, int] = {}
    for line in lines:
        units[line.item_id] = units.get(line.item_id, 0) + line.quantity
    return {item: units[item.pk] for item in items if item.pk in units}
