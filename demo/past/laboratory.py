"""A released laboratory order: collected, received, measured and verified by different people."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from demo.cases import USUAL
from demo.draws import result_of
from demo.past.ground import Ground
from demo.past.sheets import Sheets
from demo.past.visits import Coming, Item
from demo.services.numbers import take_numbers
from laboratory.models import ItemMove, Order, OrderedPanel, OrderItem, Result, Specimen, Test
from laboratory.queries.specimens import Tube, group_into_tubes
from laboratory.ranges import range_for
from laboratory.services.orders import ITEM_SOURCE, PANEL_SOURCE
from laboratory.states import CRITICAL
from laboratory.values import flag_of
from patients.ages import age_on

Step = tuple[str, str, str, float, User]  # verb, state before and after, minutes after the arrival, who


def add_order(sheets: Sheets, ground: Ground, coming: Coming, day: date, number: int) -> None:
    """What the doctor asked for, with its charges; ``number`` is the order's running number."""
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
    items = [*_panel_items(sheets, ground, coming, order), *_single_items(sheets, ground, coming, order)]
    tubes = group_into_tubes(items)
    key = f"laboratory.accession.{day:%y%m%d}"
    for tube_number, tube in enumerate(tubes, start=take_numbers(key, len(tubes))):
        _fill_tube(sheets, ground, coming, order, tube, f"{day:%y%m%d}{tube_number:04d}")


def _panel_items(sheets: Sheets, ground: Ground, coming: Coming, order: Order) -> list[OrderItem]:
    items, asked = [], set()
    for code in coming.panels:
        panel, tests = ground.panels[code]
        ordered = sheets.add(OrderedPanel, coming.after(27), order=order, panel=panel)
        _charge(coming, PANEL_SOURCE, ordered.pk, panel.charge_code, panel.name_en)
        for test in tests:
            if test.pk not in asked:
                asked.add(test.pk)
                items.append(_add_item(sheets, coming, order, test, ordered))
    return items


def _single_items(sheets: Sheets, ground: Ground, coming: Coming, order: Order) -> list[OrderItem]:
    items = [_add_item(sheets, coming, order, ground.tests[code], None) for code in coming.tests]
    for item in items:
        _charge(coming, ITEM_SOURCE, item.pk, item.test.charge_code, item.test.name_en)
    return items


def _charge(coming: Coming, kind: str, source_id: Any, code: str, text: str) -> None:
    coming.items.append(Item(kind, source_id, code, coming.doctor, coming.after(27), text=text))


def _add_item(
    sheets: Sheets, coming: Coming, order: Order, test: Test, ordered_panel: OrderedPanel | None
) -> OrderItem:
    return sheets.add(
        OrderItem,
        coming.after(27),
        order=order,
        patient=coming.patient,
        test=test,
        ordered_panel=ordered_panel,
        state="released",
        due_at=OrderItem.due(coming.after(27), minutes=test.turnaround_minutes, priority="routine"),
    )


def _fill_tube(sheets: Sheets, ground: Ground, coming: Coming, order: Order, tube: Tube, accession: str) -> None:
    people = ground.people
    specimen = sheets.add(
        Specimen,
        coming.after(28),
        accession=accession,
        order=order,
        patient=coming.patient,
        specimen_type=tube.specimen_type,
        container=tube.container,
        state="received",
        ordered_at=order.ordered_at,
        collected_at=coming.after(28),
        collected_by=people["nurse"],
        received_at=coming.after(29),
        received_by=people["labtech"],
    )
    steps: list[Step] = [
        ("order", "", "ordered", 27, coming.doctor),
        ("collect", "ordered", "collected", 28, people["nurse"]),
        ("receive", "collected", "received", 29, people["labtech"]),
        ("result", "received", "resulted", 32, people["labtech"]),
        ("verify", "resulted", "verified", 33, people["labtech2"]),
        ("release", "verified", "released", 33.1, people["labtech2"]),
    ]
    for item in tube.items:
        item.specimen = specimen
        for step in steps:
            _add_move(sheets, coming, item, step)
        _add_result(sheets, ground, coming, item, specimen)


def _add_move(sheets: Sheets, coming: Coming, item: OrderItem, step: Step) -> None:
    verb, before, state, minutes, by = step
    moment = coming.after(minutes)
    sheets.add(
        ItemMove,
        moment,
        item=item,
        verb=verb,
        from_state=before,
        to_state=state,
        at=moment,
        specimen=None if verb == "order" else item.specimen,
        actor_id=by.pk,
        actor=str(by),
    )


def _add_result(sheets: Sheets, ground: Ground, coming: Coming, item: OrderItem, specimen: Specimen) -> None:
    typist, verifier = ground.people["labtech"], ground.people["labtech2"]
    sheets.add(
        Result,
        coming.after(32),
        item=item,
        specimen=specimen,
        state="released",
        unit=item.test.unit,
        received_at=specimen.received_at,
        entered_by=typist,
        entered_at=coming.after(32),
        submitted_by=typist,
        submitted_at=coming.after(32),
        verified_by=verifier,
        verified_at=coming.after(33),
        released_at=coming.after(33.1),
        acknowledged_by=coming.doctor,
        acknowledged_at=coming.after(34),
        **_judged(ground, coming, item.test, specimen),
    )


def _judged(ground: Ground, coming: Coming, test: Test, specimen: Specimen) -> dict[str, Any]:
    """A value with the range that held for the patient and its flag. Nothing critical is left behind in the past."""
    born, sex = coming.patient.birth_date, coming.patient.sex
    age = age_on(born, timezone.localdate(specimen.collected_at))
    span = range_for(ground.spans.get(test.pk, ()), sex=sex, age_days=age.days)
    low, high = (span.low, span.high) if span else (None, None)
    abnormal = [one.code for one in test.answer_set.answers.all() if one.abnormal] if test.answer_set_id else []
    value = result_of(test, coming.case, coming.chance)
    flag = flag_of(test, value, low=low, high=high, abnormal=abnormal)
    if flag in CRITICAL:
        value = f"{Decimal(str(USUAL[test.code][0])):.{test.decimals}f}"
        flag = flag_of(test, value, low=low, high=high, abnormal=abnormal)
    return {
        "value": value,
        "flag": str(flag),
        "range_low": low,
        "range_high": high,
        "range_text": (span.text or "") if span else "",
    }
