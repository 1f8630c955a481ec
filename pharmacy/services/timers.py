"""What time alone does: prepared bags that nobody fetched, prescriptions that are too old."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from billing.errors import ChargeAlreadyInvoiced
from core import clock
from core.preferences import preference
from pharmacy.models import Dispense, Prescription
from pharmacy.services.dispensing import let_go_by_timer, lock_dispense, lock_prescription
from pharmacy.services.moves import move_item, move_prescription
from pharmacy.states import DISPENSABLE_ITEMS, OPEN_DISPENSES, OPEN_PRESCRIPTIONS

logger = logging.getLogger(__name__)
AT_ONCE = 200


def release_overdue(limit: int = AT_ONCE) -> int:
    """Put bags back whose reservation has run out; return how many. Each in a transaction of its own."""
    overdue = Dispense.objects.filter(status__in=OPEN_DISPENSES, reserved_until__lt=clock.now())
    ids = list(overdue.order_by("reserved_until").values_list("pk", flat=True)[:limit])
    return sum(_release(pk) for pk in ids)


def _release(pk: UUID) -> bool:
    with transaction.atomic():
        dispense = lock_dispense(Dispense.objects.get(pk=pk))
        if not dispense.is_open or dispense.reserved_until >= clock.now():
            return False
        try:
            with transaction.atomic():
                let_go_by_timer(dispense)
        except ChargeAlreadyInvoiced:
            _keep_longer(pk)
            return False
    return True


def _keep_longer(pk: UUID) -> None:
    """What stands on an issued invoice belongs to the patient: it waits on and a person decides."""
    minutes = timedelta(minutes=preference("pharmacy.reservation_minutes"))
    Dispense.objects.filter(pk=pk).update(reserved_until=clock.now() + minutes)
    logger.info("dispense %s is invoiced and stays reserved", pk)


def expire_prescriptions(limit: int = AT_ONCE) -> int:
    """End prescriptions signed longer ago than the hospital lets them be dispensed; return how many."""
    oldest = clock.now() - timedelta(days=preference("pharmacy.prescription_valid_days"))
    rows = Prescription.objects.filter(status__in=OPEN_PRESCRIPTIONS, signed_at__lt=oldest)
    ids = list(rows.order_by("signed_at").values_list("pk", flat=True)[:limit])
    return sum(_expire(pk) for pk in ids)


def _expire(pk: UUID) -> bool:
    with transaction.atomic():
        prescription = lock_prescription(pk)
        bag = prescription.dispenses.filter(status__in=OPEN_DISPENSES).exists()
        if not prescription.is_open or bag:
            return False
        for item in prescription.items.select_for_update().order_by("pk"):
            item.prescription = prescription
            if item.status in DISPENSABLE_ITEMS:
                move_item(item, "expire", by=None)
        move_prescription(prescription, "expire", by=None)
    return True
