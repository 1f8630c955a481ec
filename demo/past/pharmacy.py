"""Medicines of a visit: prescribed, prepared from the lots that expire first, handed over, and gone from the stock."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from demo.cases import Drug
from demo.past.ground import Ground
from demo.past.sheets import Sheets
from demo.past.visits import Coming, Item
from pharmacy.dosing import needed_quantity
from pharmacy.models import (
    Batch,
    BatchBalance,
    Dispense,
    DispenseLine,
    Location,
    Medicine,
    Prescription,
    PrescriptionItem,
    StatusChange,
    StockMovement,
)
from pharmacy.services.dispensing import CHARGE_SOURCE

RESERVED = timedelta(hours=2)


class Shelf:
    """The lots of a store as they are taken; locked until the caller's transaction ends."""

    def __init__(self, store: Location) -> None:
        rows = BatchBalance.objects.select_for_update(of=("self",)).select_related("batch").filter(location=store)
        self.balances = sorted(rows, key=lambda row: (row.batch.expires_on, row.batch_id))

    def available(self, medicine: Medicine, until: date) -> int:
        return sum(balance.available for balance in self._outliving(medicine, until))

    def take(self, medicine: Medicine, quantity: int, until: date) -> list[tuple[Batch, int, int]]:
        """Lots that outlive the course, first to expire first: batch, units, and what is left of it."""
        taken = []
        for balance in self._outliving(medicine, until):
            units = min(quantity, balance.available)
            if units:
                balance.on_hand -= units
                quantity -= units
                taken.append((balance.batch, units, balance.on_hand))
        return taken

    def _outliving(self, medicine: Medicine, until: date) -> list[BatchBalance]:
        return [row for row in self.balances if row.batch.medicine_id == medicine.pk and row.batch.expires_on >= until]

    def write_back(self) -> None:
        BatchBalance.objects.bulk_update(self.balances, ["on_hand"])


def add_prescription(
    sheets: Sheets, ground: Ground, shelf: Shelf, coming: Coming, day: date, drugs: Sequence[Drug], number: int
) -> None:
    """A prescription with all of its bag given, and the charges of the units; ``number`` is its running number."""
    pharmacist = ground.people["pharmacist"]
    prescription = sheets.add(
        Prescription,
        coming.after(35),
        encounter=coming.encounter,
        visit=coming.visit,
        patient=coming.patient,
        branch=ground.branch,
        number=number,
        prescriber=coming.doctor,
        status="dispensed",
        signed_at=coming.after(35),
        reviewed_by=pharmacist,
        reviewed_at=coming.after(40),
        version=4,
    )
    dispense = _add_dispense(sheets, ground, coming, prescription)
    items = [_add_item(sheets, ground, coming, prescription, drug, position) for position, drug in enumerate(drugs, 1)]
    for item, drug in zip(items, drugs, strict=True):
        _give(sheets, ground, shelf, coming, dispense, item, last_day(day, drug))
    _remember(sheets, coming, prescription, dispense, items, pharmacist)


def possible(ground: Ground, shelf: Shelf, coming: Coming, day: date) -> list[Drug]:
    """The drugs of the case that the formulary has and the store holds for the whole course."""
    return [
        drug
        for drug in coming.drugs
        if (medicine := ground.medicines.get((drug.inn, drug.form, drug.strength)))
        and medicine.price_code in ground.prices
        and shelf.available(medicine, last_day(day, drug)) >= _units(medicine, drug)
    ]


def last_day(day: date, drug: Drug) -> date:
    """Of a course that begins on the day."""
    return day + timedelta(days=drug.days - 1)


def _units(medicine: Medicine, drug: Drug) -> int:
    needed = needed_quantity(
        medicine, dose=Decimal(drug.dose), unit=drug.unit, frequency=drug.frequency, days=drug.days
    )
    return needed or 1


def _add_item(
    sheets: Sheets, ground: Ground, coming: Coming, prescription: Prescription, drug: Drug, position: int
) -> PrescriptionItem:
    medicine = ground.medicines[drug.inn, drug.form, drug.strength]
    units = _units(medicine, drug)
    return sheets.add(
        PrescriptionItem,
        coming.after(35),
        prescription=prescription,
        medicine=medicine,
        position=position,
        status="dispensed",
        dose=Decimal(drug.dose),
        dose_unit=drug.unit,
        frequency=drug.frequency,
        route=drug.route,
        duration_days=drug.days,
        quantity=units,
        dispensed=units,
    )


def _add_dispense(sheets: Sheets, ground: Ground, coming: Coming, prescription: Prescription) -> Dispense:
    """Looked over by a second person, whatever is in the bag: what is high alert needs it."""
    return sheets.add(
        Dispense,
        coming.after(41),
        prescription=prescription,
        location=ground.store,
        status="handed_over",
        reserved_until=coming.after(41) + RESERVED,
        prepared_by=ground.people["pharmacist"],
        prepared_at=coming.after(41),
        checked_by=ground.people["pharmacist2"],
        checked_at=coming.after(42),
        handed_over_by=ground.people["pharmacist"],
        handed_over_at=coming.left,
        version=3,
    )


def _give(
    sheets: Sheets,
    ground: Ground,
    shelf: Shelf,
    coming: Coming,
    dispense: Dispense,
    item: PrescriptionItem,
    until: date,
) -> None:
    """Lines of the bag, each with its line in the stock ledger and its charge."""
    medicine = item.medicine
    for batch, units, left in shelf.take(medicine, item.quantity, until):
        line = sheets.add(DispenseLine, coming.after(41), dispense=dispense, item=item, batch=batch, quantity=units)
        sheets.add(
            StockMovement,
            coming.left,
            location=ground.store,
            batch=batch,
            kind="dispense",
            quantity=-units,
            balance_after=left,
            source_kind=CHARGE_SOURCE,
            source_id=line.pk,
            by=ground.people["pharmacist"],
        )
        charged = coming.after(41)
        coming.items.append(
            Item(
                CHARGE_SOURCE,
                line.pk,
                medicine.price_code,
                ground.people["pharmacist"],
                charged,
                units,
                medicine.full_name,
            )
        )


def _remember(
    sheets: Sheets,
    coming: Coming,
    prescription: Prescription,
    dispense: Dispense,
    items: Sequence[PrescriptionItem],
    pharmacist: User,
) -> None:
    doctor, checker = coming.doctor, dispense.checked_by
    moves: list[tuple[str, str, str, datetime, User, dict[str, Any]]] = [
        ("sign", "draft", "signed", coming.after(35), doctor, {}),
        ("review", "signed", "reviewed", coming.after(40), pharmacist, {}),
        ("check", "prepared", "checked", coming.after(42), checker, {"dispense": dispense}),
        ("hand_over", "checked", "handed_over", coming.left, pharmacist, {"dispense": dispense}),
        ("dispense", "reviewed", "dispensed", coming.left, pharmacist, {}),
    ]
    for item in items:
        moves.append(("sign", "draft", "active", coming.after(35), doctor, {"item": item}))
        moves.append(("dispense", "active", "dispensed", coming.left, pharmacist, {"item": item}))
    for verb, before, status, moment, by, subject in moves:
        sheets.add(
            StatusChange,
            moment,
            prescription=prescription,
            verb=verb,
            from_status=before,
            to_status=status,
            by=by,
            **subject,
        )
