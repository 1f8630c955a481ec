"""The second pair of eyes, and what leaves the laboratory afterwards."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

import audit
from core import clock, events
from core.preferences import preference
from laboratory.errors import NothingToVerify, ReasonMissing, SamePerson
from laboratory.models import CriticalAlert, Order, OrderItem, Result, Specimen
from laboratory.services.moves import lock_order, move_items, move_result
from laboratory.states import PUBLISHED, ResultState
from notifications.services import notify


@transaction.atomic
def verify_results(*, specimen: Specimen, items: Collection[UUID], by) -> list[Result]:
    """Accept the submitted results of these tests; by default they are released in the same transaction.

    Raises SamePerson when `by` typed or submitted one of them and the hospital keeps to four eyes, NothingToVerify when
    somebody else was quicker. Then nothing is verified.
    """
    lock_order(specimen.order_id)
    results = _submitted(specimen, items)
    now = clock.now()
    for result in results:
        alone = by.pk in (result.entered_by_id, result.submitted_by_id)
        if alone and preference("laboratory.four_eyes"):
            raise SamePerson
        moment = max(now, result.submitted_at)
        move_result(result, "verify", verified_by=by, verified_at=moment, alone=alone)
    move_items([result.item for result in results if not result.is_correction], "verify", by=by)
    if preference("laboratory.release_at_once"):
        _release(results, by=by)
    return results


@transaction.atomic
def release_results(*, order: Order, by) -> list[Result]:
    """Hand out what is verified but was held back."""
    lock_order(order.pk)
    results = list(_with_items(Result.objects.filter(item__order=order, state=ResultState.VERIFIED)))
    if not results:
        raise NothingToVerify
    _release(results, by=by)
    return results


@transaction.atomic
def send_back_results(*, specimen: Specimen, items: Collection[UUID], reason: str, by) -> list[Result]:
    """Refuse submitted results: they are drafts again, a correction is given up. Who typed them is told why."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    lock_order(specimen.order_id)
    results = _submitted(specimen, items)
    with audit.context(actor=by):
        for result in results:
            if result.is_correction:
                move_result(result, "refuse", sent_back_reason=reason)
            else:
                move_result(result, "send_back", submitted_by=None, submitted_at=None, sent_back_reason=reason)
        move_items([result.item for result in results if not result.is_correction], "send_back", by=by, reason=reason)
    notify(
        users=[result.entered_by_id for result in results],
        kind="laboratory.sent_back",
        text=gettext_noop("Results of specimen %(accession)s were sent back to you."),
        params={"accession": specimen.accession},
        url=reverse("laboratory:specimen-detail", args=[specimen.pk]),
    )
    return results


def _submitted(specimen: Specimen, items: Collection[UUID]) -> list[Result]:
    waiting = Result.objects.filter(specimen=specimen, item__in=list(items), state=ResultState.SUBMITTED)
    results = list(_with_items(waiting))
    if not results or len(results) < len(set(items)):
        raise NothingToVerify
    return results


def _with_items(results):
    return results.select_related("item__order", "item__test", "entered_by").order_by("item_id")


def _release(results: Sequence[Result], *, by) -> None:
    """Publish verified versions: older ones are marked as replaced, doctors are told, critical ones raise an alarm."""
    corrections = [result for result in results if result.is_correction]
    now = clock.now()
    for old in Result.objects.filter(item__in=[one.item_id for one in corrections], state=ResultState.RELEASED):
        move_result(old, "supersede", superseded_at=max(now, old.released_at))
    for result in results:
        move_result(result, "release", released_at=max(now, result.verified_at))
    move_items([result.item for result in results if not result.is_correction], "release", by=by)
    for result in corrections:
        move_items([result.item], "correct", by=by, reason=result.correction_reason)
    critical = [result for result in results if result.is_critical]
    _raise_alerts(critical)
    _publish(results, critical)


def _raise_alerts(critical: Sequence[Result]) -> None:
    CriticalAlert.objects.bulk_create(CriticalAlert(result=one, raised_at=clock.now()) for one in critical)


def _publish(results: Sequence[Result], critical: Sequence[Result]) -> None:
    order = results[0].item.order
    ids = {"order": order.pk, "encounter": order.encounter_id}
    complete = not OrderItem.objects.filter(order=order).exclude(state__in=[*PUBLISHED, "cancelled"]).exists()
    for result in results:
        events.publish("laboratory.item_released", **ids, item=result.item_id, result=result.pk, complete=int(complete))
    for result in critical:
        events.publish("laboratory.critical_found", **ids, item=result.item_id, result=result.pk)
    _tell_doctor(order, corrected=any(result.is_correction for result in results), critical=bool(critical))


def _tell_doctor(order: Order, *, corrected: bool, critical: bool) -> None:
    text = gettext_noop("Results of order %(order)s are ready.")
    if corrected:
        text = gettext_noop("A result of order %(order)s was corrected.")
    if critical:
        text = gettext_noop("Critical result in order %(order)s: read and acknowledge it now.")
    notify(
        users={order.ordered_by_id, *_doctor_in_charge(order)},
        kind="laboratory.critical" if critical else "laboratory.corrected" if corrected else "laboratory.released",
        text=text,
        params={"order": order.number},
        url=reverse("laboratory:order-detail", args=[order.pk]),
        urgent=critical,
    )


def _doctor_in_charge(order: Order) -> set[UUID]:
    """Who has the patient now may be another than who ordered."""
    practitioner = order.encounter.practitioner_id
    return {practitioner} if practitioner else set()
