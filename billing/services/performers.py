"""Whose work a charge is: the room says so as long as it is not invoiced, an accountant or cashier puts it right."""

import uuid
from typing import Any

from django.db import transaction

from accounts.models import User
from billing.errors import ChargeElsewhere, ReasonMissing
from billing.errors_fees import FeesOfOneself
from billing.models import Charge, Invoice, InvoiceLine
from billing.services.drafts import lock_draft, lock_draft_of
from billing.services.transitions import record
from billing.states import ChargeStatus


@transaction.atomic
def follow(*, source_kind: str, source_id: uuid.UUID, performer_id: uuid.UUID | None) -> None:
    """The room that captured an event says who does the work now; once it is invoiced nothing changes any more.

    The draft it stands on is not worked out anew: a cashier who has it open may go on.
    """
    pending = Charge.objects.filter(source_kind=source_kind, source_id=source_id, status=ChargeStatus.PENDING)
    charge = pending.first()
    if charge is None:
        return
    lock_draft_of(charge)  # invoices are locked before charges everywhere
    charge = pending.select_for_update(of=("self",), no_key=True).first()
    if charge and charge.performer_id != performer_id:
        _write(charge, performer_id)


@transaction.atomic
def name_performer(*, invoice: Invoice, charge: Charge, performer: User, reason: str, by: Any) -> Charge:
    """Say who did the work of a draft's line where nobody is named, or another did it.

    Raises ReasonMissing, FeesOfOneself, InvoiceNotDraft, ChargeElsewhere.
    """
    if not reason.strip():
        raise ReasonMissing()
    if performer.pk == by.pk:
        raise FeesOfOneself()
    invoice = lock_draft(invoice)
    held = Charge.objects.filter(lines__invoice=invoice, status=ChargeStatus.PENDING)
    locked = held.select_for_update(of=("self",), no_key=True).filter(pk=charge.pk).first()
    if locked is None:
        raise ChargeElsewhere()
    _write(locked, performer.pk)
    record(locked, verb="perform", to_status=locked.status, by=by, reason=reason)
    return locked


def _write(charge: Charge, performer_id: uuid.UUID | None) -> None:
    charge.performer_id = performer_id
    charge.save(update_fields=["performer", "updated_at"])
    InvoiceLine.objects.filter(charge=charge, invoice__status="draft").update(performer=performer_id)
