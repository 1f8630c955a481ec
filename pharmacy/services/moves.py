"""Status changes of prescriptions, items and dispenses: one function each, with its line of history."""

from accounts.models import User
from pharmacy.models import Dispense, Prescription, PrescriptionItem, StatusChange
from pharmacy.states import DISPENSE_FLOW, ITEM_FLOW, PRESCRIPTION_FLOW


def move_prescription(
    prescription: Prescription, verb: str, *, by: User | None, reason: str = "", **facts: object
) -> None:
    """Move a locked prescription; `facts` are fields that change with it. Raises MoveNotAllowed."""
    before, after = prescription.status, PRESCRIPTION_FLOW.check(verb, prescription.status)
    _save(prescription, after, facts, versioned=True)
    _remember(prescription, verb, before, after, by, reason)


def move_item(item: PrescriptionItem, verb: str, *, by: User | None, reason: str = "", **facts: object) -> None:
    before, after = item.status, ITEM_FLOW.check(verb, item.status)
    _save(item, after, facts)
    _remember(item.prescription, verb, before, after, by, reason, item=item)


def move_dispense(dispense: Dispense, verb: str, *, by: User | None, reason: str = "", **facts: object) -> None:
    before, after = dispense.status, DISPENSE_FLOW.check(verb, dispense.status)
    _save(dispense, after, facts, versioned=True)
    _remember(dispense.prescription, verb, before, after, by, reason, dispense=dispense)


def _save(row, status: str, facts: dict[str, object], *, versioned: bool = False) -> None:
    row.status = status
    for name, value in facts.items():
        setattr(row, name, value)
    fields = ["status", "updated_at", *facts]
    if versioned:
        row.touch_version()
        fields.append("version")
    row.save(update_fields=fields)


def _remember(
    prescription: Prescription, verb: str, before: str, after: str, by: User | None, reason: str, **subject: object
) -> None:
    StatusChange.objects.create(
        prescription=prescription, verb=verb, from_status=before, to_status=after, reason=reason, by=by, **subject
    )
