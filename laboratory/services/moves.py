"""The one place where an ordered test, a tube or a result changes its state."""

from collections.abc import Sequence
from typing import Any

from core import clock
from core.fields import EncryptedMixin
from laboratory.models import ItemMove, Order, OrderItem, Result, Specimen
from laboratory.states import ITEM_FLOW, RESULT_FLOW, SPECIMEN_FLOW, ItemState


def lock_order(order_id) -> Order:
    """Everything that happens to an order, its tubes and results happens one after another, behind this lock."""
    return Order.objects.select_for_update(of=("self",)).select_related("patient", "visit").get(pk=order_id)


def open_items(items: Sequence[OrderItem], *, by) -> None:
    """Write the first line of each test's history."""
    ItemMove.objects.bulk_create(_move(item, "order", "", item.state, by, "") for item in items)


def move_items(items: Sequence[OrderItem], verb: str, *, by, reason: str = "", **changes: Any) -> None:
    """Move tests of a locked order, with their history; `changes` are set on each of them in the same statement.

    Raises MoveNotAllowed, before anything is written, when one of them is in the wrong state.
    """
    targets = {item.pk: ItemState(ITEM_FLOW.check(verb, item.state)) for item in items}
    moves = []
    for item in items:
        for field, value in changes.items():
            setattr(item, field, value)
        moves.append(_move(item, verb, item.state, targets[item.pk], by, reason))
        item.state, item.updated_at = targets[item.pk], clock.now()
    _write_items(items, ["state", "updated_at", *changes])
    ItemMove.objects.bulk_create(moves)


def _write_items(items: Sequence[OrderItem], names: list[str]) -> None:
    """In one statement; one each where something encrypted is among it, for that is bound to its row."""
    if any(isinstance(OrderItem._meta.get_field(name), EncryptedMixin) for name in names):
        for item in items:
            item.save(update_fields=names)
    else:
        OrderItem.objects.bulk_update(items, names)


def move_specimen(specimen: Specimen, verb: str, **changes: Any) -> None:
    """Move one tube of a locked order."""
    changes["state"] = SPECIMEN_FLOW.check(verb, specimen.state)
    _write(specimen, changes)


def move_result(result: Result, verb: str, **changes: Any) -> None:
    """Move one version of a result of a locked order."""
    changes["state"] = RESULT_FLOW.check(verb, result.state)
    _write(result, changes)


def _write(row: Specimen | Result, changes: dict[str, Any]) -> None:
    for field, value in changes.items():
        setattr(row, field, value)
    row.save(update_fields=[*changes, "updated_at"])


def _move(item: OrderItem, verb: str, source: str, target: str, by, reason: str) -> ItemMove:
    return ItemMove(
        item=item,
        verb=verb,
        from_state=source,
        to_state=target,
        at=clock.now(),
        specimen_id=item.specimen_id,
        actor_id=by.pk,
        actor=str(by),
        reason=reason,
    )
