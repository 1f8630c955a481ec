from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from billing.queries import unpaid_charges
from core import clock
from core.numbering import next_number
from core.preferences import preference
from laboratory.errors import (
    NothingToCollect,
    PaymentAwaited,
    ReasonMissing,
    SpecimenAlreadyReceived,
    SpecimenHasResults,
    SpecimenNotInUse,
    SpecimenUnknown,
    TimeNotPossible,
)
from laboratory.identity import Identity
from laboratory.models import LabelPrint, Order, OrderItem, Result, Specimen
from laboratory.queries.specimens import Tube, tubes_of
from laboratory.services.moves import lock_order, move_items, move_result, move_specimen
from laboratory.services.orders import ITEM_SOURCE, PANEL_SOURCE
from laboratory.states import ItemState, Priority, Rejection, ResultState, SpecimenState
from notifications.services import notify
from patients.states import Payer, VisitKind


@transaction.atomic
def collect_specimens(
    *, order: Order, tubes: Collection[str], identity: Identity, collected_at: datetime | None = None, by
) -> list[Specimen]:
    """Take the named tubes (Tube.key) of an order from the patient; each gets its accession number.

    The collector states two identifiers, which must both be the patient's. Two people who collect at once: one does,
    the other learns it (NothingToCollect); there is never a second number for one tube.
    """
    order = lock_order(order.pk)
    identity.confirm(order.patient)
    now = clock.now()
    collected_at = collected_at or now
    if not order.ordered_at <= collected_at <= now:
        raise TimeNotPossible
    waiting = [tube for tube in tubes_of(order) if tube.key in tubes]
    if not waiting:
        raise NothingToCollect
    _demand_payment(order, [item for tube in waiting for item in tube.items])
    return [_collect(order, tube, collected_at, by=by) for tube in waiting]


@transaction.atomic
def receive_specimen(*, accession: str, by) -> Specimen:
    """Take a tube over at the bench by the number on its label."""
    specimen = _locked(accession=accession.strip().upper())
    if specimen.state == SpecimenState.RECEIVED:
        raise SpecimenAlreadyReceived
    if not specimen.can_receive:
        raise SpecimenNotInUse
    move_specimen(specimen, "receive", received_at=max(clock.now(), specimen.collected_at), received_by=by)
    move_items(_items(specimen, ItemState.COLLECTED), "receive", by=by)
    return specimen


@transaction.atomic
def reject_specimen(*, specimen: Specimen, rejection: str, note: str = "", by) -> Specimen:
    """Refuse a tube; its tests wait for a new one, and those who ordered and collected it are told."""
    if rejection not in Rejection.values or (rejection == Rejection.OTHER and not note.strip()):
        raise ReasonMissing(field="rejection_note" if rejection == Rejection.OTHER else "rejection")
    specimen = _locked(pk=specimen.pk)
    items = list(specimen.items.exclude(state=ItemState.CANCELLED))
    if any(item.state not in (ItemState.COLLECTED, ItemState.RECEIVED) for item in items):
        raise SpecimenHasResults
    move_specimen(
        specimen,
        "reject",
        rejected_at=max(clock.now(), specimen.collected_at),
        rejected_by=by,
        rejection=rejection,
        rejection_note=note.strip(),
    )
    for result in Result.objects.filter(specimen=specimen, state=ResultState.DRAFT):
        move_result(result, "void")
    _ask_again(items, reason=Rejection(rejection).value, by=by)
    _tell_rejected(specimen)
    return specimen


@transaction.atomic
def note_label_prints(*, specimens: Sequence[Specimen], by) -> None:
    """Remember that labels were printed: every print counts, also the second of the same tube."""
    now = clock.now()
    LabelPrint.objects.bulk_create(
        LabelPrint(specimen=specimen, printed_by_id=by.pk, printed_at=now) for specimen in specimens
    )


def awaits_payment(order: Order, items: Sequence[OrderItem]) -> bool:
    """Whether the hospital wants these tests paid before collection and they are not.

    STAT orders, inpatients and visits that somebody else pays for never wait.
    """
    pays_now = order.visit.payer == Payer.SELF and order.visit.kind != VisitKind.INPATIENT
    if not preference("laboratory.pay_first") or order.priority == Priority.STAT or not pays_now:
        return False
    sources = {(ITEM_SOURCE, item.pk) for item in items} | {(PANEL_SOURCE, item.ordered_panel_id) for item in items}
    return any((charge.source_kind, charge.source_id) in sources for charge in unpaid_charges(order.visit))


def _demand_payment(order: Order, items: Sequence[OrderItem]) -> None:
    if awaits_payment(order, items):
        raise PaymentAwaited


def _collect(order: Order, tube: Tube, collected_at: datetime, *, by) -> Specimen:
    specimen = Specimen.objects.create(
        accession=_next_accession(),
        order=order,
        patient=order.patient,
        specimen_type=tube.specimen_type,
        container=tube.container,
        ordered_at=order.ordered_at,
        collected_at=collected_at,
        collected_by=by,
    )
    move_items(tube.items, "collect", by=by, specimen=specimen)
    return specimen


def _next_accession() -> str:
    """Ten digits, the hospital's date and a running number: short enough for a 13 mm tube, never given twice."""
    day = f"{clock.today():%y%m%d}"
    return f"{day}{next_number(f'laboratory.accession.{day}'):04d}"


def _locked(**lookup) -> Specimen:
    """The tube, behind its order's lock."""
    order_id = Specimen.objects.filter(**lookup).values_list("order_id", flat=True).first()
    if order_id is None:
        raise SpecimenUnknown
    lock_order(order_id)
    return Specimen.objects.select_related("patient", "order", "specimen_type", "container").get(**lookup)


def _items(specimen: Specimen, state: str) -> list[OrderItem]:
    return list(specimen.items.filter(state=state).select_related("test"))


def _ask_again(items: Sequence[OrderItem], *, reason: str, by) -> None:
    for item in items:
        item.recollections += 1
    OrderItem.objects.bulk_update(items, ["recollections"])
    move_items(items, "reject", by=by, reason=reason)
    OrderItem.objects.filter(pk__in=[item.pk for item in items]).update(specimen=None)


def _tell_rejected(specimen: Specimen) -> None:
    notify(
        users=[specimen.order.ordered_by_id, specimen.collected_by_id],
        kind="laboratory.specimen_rejected",
        text=gettext_noop("Specimen %(accession)s was rejected: a new one is needed."),
        params={"accession": specimen.accession},
        url=reverse("laboratory:order-detail", args=[specimen.order_id]),
        urgent=specimen.order.is_urgent,
    )
