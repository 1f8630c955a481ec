from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction

from billing.services import charges
from clinical.models import Encounter
from core import clock, events
from core.numbering import next_number
from laboratory.errors import (
    CancelTooLate,
    DuplicateTests,
    EncounterClosed,
    NothingOrdered,
    ReasonMissing,
    TestNotOffered,
)
from laboratory.models import Order, OrderedPanel, OrderItem, Panel, PanelMember, Test
from laboratory.queries.orders import recently_ordered, takes_orders
from laboratory.services.moves import lock_order, move_items, move_specimen, open_items
from laboratory.states import ItemState, Priority, SpecimenState

ITEM_SOURCE = "laboratory.item"
PANEL_SOURCE = "laboratory.panel"


@transaction.atomic
def place_order(
    *,
    encounter: Encounter,
    tests: Iterable[Test] = (),
    panels: Iterable[Panel] = (),
    priority: str = Priority.ROUTINE,
    note: str = "",
    again: bool = False,
    by,
) -> Order:
    """Order tests and panels for the patient of an encounter, and charge them, all or nothing.

    A test named twice (alone and in a panel, or in two panels) is made once; a test alone that a panel contains is
    charged with the panel. Raises DuplicateTests when the patient had one of them ordered within the hospital's window,
    unless `again` says that this is meant.
    """
    encounter = (
        Encounter.objects.select_for_update(of=("self",)).select_related("visit", "patient").get(pk=encounter.pk)
    )
    if not takes_orders(encounter):
        raise EncounterClosed
    tests, panels = list(tests), list(panels)
    wanted = _expand(tests, panels)
    if not again and recently_ordered(encounter.patient_id, [test.pk for test in wanted]):
        raise DuplicateTests
    order = Order.objects.create(
        number=f"L{next_number('laboratory.order'):07d}",
        encounter=encounter,
        patient=encounter.patient,
        visit=encounter.visit,
        priority=priority,
        note=note.strip(),
        ordered_by=by,
        ordered_at=clock.now(),
    )
    _add_items(order, wanted, panels, by=by)
    events.publish("laboratory.order_placed", order=order.pk, encounter=encounter.pk, visit=encounter.visit_id)
    return order


@transaction.atomic
def cancel_items(*, order: Order, items: Sequence[OrderItem], reason: str, by) -> None:
    """Give up tests that the laboratory has not received yet, with their charges.

    A panel's charge goes with its last test. Raises CancelTooLate after receipt and ChargeAlreadyInvoiced once the
    cashier has invoiced it: then nothing is cancelled.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    order = lock_order(order.pk)
    chosen = list(order.items.select_related("test").filter(pk__in=[item.pk for item in items]))
    if any(not item.can_cancel for item in chosen):
        raise CancelTooLate
    move_items(chosen, "cancel", by=by, reason=reason, cancel_reason=reason)
    _cancel_charges(order, chosen, reason=reason, by=by)
    _discard_empty_specimens(order)
    events.publish("laboratory.items_cancelled", order=order.pk, encounter=order.encounter_id)


def _expand(tests: Sequence[Test], panels: Sequence[Panel]) -> dict[Test, Panel | None]:
    """Every wanted test, with the panel it comes from."""
    if not tests and not panels:
        raise NothingOrdered
    if any(not one.active for one in [*panels, *tests]):  # type: ignore[attr-defined]
        raise TestNotOffered
    members = PanelMember.objects.filter(panel__in=panels, test__active=True).select_related("test", "panel")
    wanted: dict[Test, Panel | None] = {}
    for member in members.order_by("panel__code", "position"):
        wanted.setdefault(member.test, member.panel)
    for test in tests:
        wanted.setdefault(test, None)
    return wanted


def _add_items(order: Order, wanted: dict[Test, Panel | None], panels: Sequence[Panel], *, by) -> None:
    ordered = {panel.pk: OrderedPanel(order=order, panel=panel) for panel in panels}
    OrderedPanel.objects.bulk_create(ordered.values())
    items = [_item(order, test, ordered[panel.pk] if panel else None) for test, panel in wanted.items()]
    OrderItem.objects.bulk_create(items)
    open_items(items, by=by)
    for source in ordered.values():
        _charge(order, PANEL_SOURCE, source.pk, source.panel, by=by)
    for item in items:
        if item.ordered_panel_id is None:
            _charge(order, ITEM_SOURCE, item.pk, item.test, by=by)


def _item(order: Order, test: Test, ordered_panel: OrderedPanel | None) -> OrderItem:
    due_at = OrderItem.due(order.ordered_at, minutes=test.turnaround_minutes, priority=order.priority)
    return OrderItem(order=order, patient=order.patient, test=test, ordered_panel=ordered_panel, due_at=due_at)


def _charge(order: Order, kind: str, source_id, service: Test | Panel, *, by) -> None:
    charges.capture(
        visit=order.visit,
        source_kind=kind,
        source_id=source_id,
        service_code=service.charge_code,
        quantity=Decimal(1),
        text=service.name_en,
        performer_id=order.encounter.practitioner_id,
        by=by,
    )


def _cancel_charges(order: Order, cancelled: Sequence[OrderItem], *, reason: str, by) -> None:
    for item in cancelled:
        if item.ordered_panel_id is None:
            charges.cancel_charge(source_kind=ITEM_SOURCE, source_id=item.pk, reason=reason, by=by)
    alive = set(order.items.exclude(state=ItemState.CANCELLED).values_list("test_id", flat=True))
    touched = {item.test_id for item in cancelled}
    for ordered in order.ordered_panels.select_related("panel").prefetch_related("panel__members"):
        members = {member.test_id for member in ordered.panel.members.all()}
        if members & touched and not members & alive:
            charges.cancel_charge(source_kind=PANEL_SOURCE, source_id=ordered.pk, reason=reason, by=by)


def _discard_empty_specimens(order: Order) -> None:
    """A collected tube whose tests were all cancelled is not needed any more."""
    for specimen in order.specimens.filter(state=SpecimenState.COLLECTED):
        if not specimen.items.exclude(state=ItemState.CANCELLED).exists():
            move_specimen(specimen, "discard")
