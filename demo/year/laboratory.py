"""A released laboratory order of one test, collected, received, measured and verified by different people."""

from datetime import date
from decimal import Decimal

from accounts.models import User
from demo.cases import USUAL
from demo.year.ground import Ground
from demo.year.sheets import Sheets
from demo.year.visits import Coming
from laboratory.models import ItemMove, Order, OrderItem, Result, Specimen, Test


def add_order(sheets: Sheets, ground: Ground, coming: Coming, test: Test, number: int, accession: str) -> OrderItem:
    """``number`` is the order's running number; returns the item, which is the source of its charge."""
    people = ground.people
    steps = [
        ("order", "", "ordered", coming.after(27), coming.doctor),
        ("collect", "ordered", "collected", coming.after(28), people["nurse"]),
        ("receive", "collected", "received", coming.after(29), people["labtech"]),
        ("result", "received", "resulted", coming.after(32), people["labtech"]),
        ("verify", "resulted", "verified", coming.after(33), people["labtech2"]),
        ("release", "verified", "released", coming.after(33), people["labtech2"]),
    ]
    order = sheets.add(
        Order,
        coming.after(27),
        number=f"L{number:07d}",
        encounter=coming.encounter,
        patient=coming.patient,
        visit=coming.visit,
        ordered_by=coming.doctor,
        ordered_at=coming.after(27),
    )
    specimen = _add_specimen(sheets, ground, coming, order, test, accession)
    item = sheets.add(
        OrderItem,
        coming.after(27),
        order=order,
        patient=coming.patient,
        test=test,
        state="released",
        specimen=specimen,
        due_at=OrderItem.due(coming.after(27), minutes=test.turnaround_minutes, priority="routine"),
    )
    for verb, before, state, moment, by in steps:
        sheets.add(
            ItemMove,
            moment,
            item=item,
            verb=verb,
            from_state=before,
            to_state=state,
            at=moment,
            actor_id=by.pk,
            actor=str(by),
        )
    _add_result(sheets, coming, item, specimen, people["labtech"], people["labtech2"])
    return item


def accession_of(day: date, number: int) -> str:
    return f"{day:%y%m%d}{number:04d}"


def _add_specimen(sheets: Sheets, ground: Ground, coming: Coming, order: Order, test: Test, accession: str) -> Specimen:
    return sheets.add(
        Specimen,
        coming.after(28),
        accession=accession,
        order=order,
        patient=coming.patient,
        specimen_type=test.specimen_type,
        container=test.container,
        state="received",
        ordered_at=order.ordered_at,
        collected_at=coming.after(28),
        collected_by=ground.people["nurse"],
        received_at=coming.after(29),
        received_by=ground.people["labtech"],
    )


def _add_result(
    sheets: Sheets, coming: Coming, item: OrderItem, specimen: Specimen, typist: User, verifier: User
) -> None:
    mean, spread = coming.case.values.get(item.test.code) or USUAL[item.test.code]
    value = Decimal(f"{abs(coming.chance.gauss(mean, spread)):.{item.test.decimals}f}")
    low, high = (
        centre + sign * 2 * width for (centre, width), sign in ((USUAL[item.test.code], -1), (USUAL[item.test.code], 1))
    )
    sheets.add(
        Result,
        coming.after(32),
        item=item,
        specimen=specimen,
        state="released",
        value=str(value),
        unit=item.test.unit,
        range_low=Decimal(str(round(low, 1))),
        range_high=Decimal(str(round(high, 1))),
        flag="H" if value > high else "L" if value < low else "N",
        received_at=specimen.received_at,
        entered_by=typist,
        entered_at=coming.after(32),
        submitted_by=typist,
        submitted_at=coming.after(32),
        verified_by=verifier,
        verified_at=coming.after(33),
        released_at=coming.after(33),
        acknowledged_by=coming.doctor,
        acknowledged_at=coming.after(34),
    )
