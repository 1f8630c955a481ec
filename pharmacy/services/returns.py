"""Medicines that come back: tied to the line and lot they left by."""

from django.db import transaction

from accounts.models import User
from billing.errors import ChargeAlreadyInvoiced
from billing.services.charges import cancel_charge
from pharmacy.errors import BatchExpired, QuarantineMissing, ReasonMissing, ReturnInvoiced, ReturnTooLarge
from pharmacy.models import DispenseLine, Location, MedicineReturn, Prescription, PrescriptionItem
from pharmacy.queries.prescriptions import lines_of
from pharmacy.queries.stock import quarantine_of
from pharmacy.services.dispensing import CHARGE_SOURCE, charge_line, lock_dispense
from pharmacy.services.moves import move_dispense
from pharmacy.services.stock import Move, move_stock
from pharmacy.states import DISPENSE_FLOW, MovementKind

SOURCE = "pharmacy.return"


@transaction.atomic
def return_medicine(*, line: DispenseLine, quantity: int, to_quarantine: bool, reason: str, by: User) -> MedicineReturn:
    """Take units back into the store they left, or into quarantine; the charge shrinks with them.

    Raises ReturnTooLarge, BatchExpired (an expired lot only goes to quarantine), ReturnInvoiced.
    """
    if not reason.strip():
        raise ReasonMissing()
    dispense = lock_dispense(line.dispense)
    DISPENSE_FLOW.check("return", dispense.status)
    item = PrescriptionItem.objects.select_for_update().get(pk=line.item_id)
    line = dispense.lines.select_for_update(of=("self",)).select_related("batch", "item__medicine").get(pk=line.pk)
    if not 1 <= quantity <= line.kept:
        raise ReturnTooLarge(most=line.kept)
    location = _destination(dispense.location, line, to_quarantine)
    returned = MedicineReturn.objects.create(
        line=line, location=location, quantity=quantity, reason=reason.strip(), by=by
    )
    move = Move(line.batch, location, quantity, source_id=returned.pk)
    move_stock([move], kind=MovementKind.RETURN, source_kind=SOURCE, by=by)
    _count_returned(line, item, quantity)
    _charge_anew(line, dispense.prescription, reason, by)
    if not any(one.kept for one in lines_of(dispense)):
        move_dispense(dispense, "return", by=by, reason=reason)
    return returned


def _destination(store: Location, line: DispenseLine, to_quarantine: bool) -> Location:
    if not to_quarantine:
        if line.batch.is_expired:
            raise BatchExpired()
        return store
    quarantine = quarantine_of(store.branch)
    if quarantine is None:
        raise QuarantineMissing()
    return quarantine


def _count_returned(line: DispenseLine, item: PrescriptionItem, quantity: int) -> None:
    line.returned += quantity
    line.save(update_fields=["returned", "updated_at"])
    item.returned += quantity
    item.save(update_fields=["returned", "updated_at"])


def _charge_anew(line: DispenseLine, prescription: Prescription, reason: str, by: User) -> None:
    """The charge is always for what the patient kept: the old one is taken back, one for the rest takes its place."""
    try:
        cancel_charge(source_kind=CHARGE_SOURCE, source_id=line.pk, reason=reason, by=by)
    except ChargeAlreadyInvoiced as error:
        raise ReturnInvoiced() from error
    charge_line(line, prescription, by)
