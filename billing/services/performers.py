"""Whose work a charge is: the room says so, an accountant or cashier puts it right; the money follows."""

import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from accounts.models import User
from billing.errors import ChargeElsewhere, ReasonMissing
from billing.errors_fees import FeesOfOneself
from billing.models import Charge, CreditLine, EntryKind, Invoice, InvoiceLine
from billing.services import fees, journal
from billing.services.drafts import lock_invoice
from billing.services.transitions import record
from billing.states import ChargeStatus
from core.errors import RecordChanged
from core.ids import new_id

HELD = (ChargeStatus.PENDING, ChargeStatus.INVOICED)


@transaction.atomic
def follow(*, source_kind: str, source_id: uuid.UUID, performer_id: uuid.UUID | None, by: Any = None) -> None:
    """The room that captured an event says who does the work now. Raises RecordChanged.

    The draft it stands on is not worked out anew: a cashier who has it open may go on. Of an issued invoice, revenue
    and fee go to the new doctor; without `by` whoever issued it posts that.
    """
    held = Charge.objects.filter(source_kind=source_kind, source_id=source_id, status__in=HELD)
    charge, line = _lock(held)
    if charge and charge.performer_id != performer_id:
        _give(charge, line, performer_id, by)


@transaction.atomic
def name_performer(*, invoice: Invoice, charge: Charge, performer: User, reason: str, by: Any) -> Charge:
    """Say who did the work of a draft's or an issued invoice's line where nobody is named, or another did it.

    Raises ReasonMissing, FeesOfOneself, ChargeElsewhere, RecordChanged.
    """
    if not reason.strip():
        raise ReasonMissing()
    if performer.pk == by.pk:
        raise FeesOfOneself()
    locked, line = _lock(Charge.objects.filter(pk=charge.pk, status__in=HELD))
    if locked is None or line is None or line.invoice_id != invoice.pk:
        raise ChargeElsewhere()
    if locked.performer_id != performer.pk:
        _give(locked, line, performer.pk, by)
    record(locked, verb="perform", to_status=locked.status, by=by, reason=reason)
    return locked


def _lock(charges: QuerySet[Charge]) -> tuple[Charge | None, InvoiceLine | None]:
    """The charge and its line, if any; invoices are locked before charges everywhere.

    Raises RecordChanged when it came onto another invoice this moment.
    """
    lines = InvoiceLine.objects.filter(charge__in=charges, live=True).select_related("invoice").order_by()
    before = lines.first()
    if before:
        lock_invoice(before.invoice)
    charge = charges.select_for_update(of=("self",), no_key=True).first()
    line = lines.first()
    if line and (before is None or before.invoice_id != line.invoice_id):
        raise RecordChanged()
    return charge, line


def _give(charge: Charge, line: InvoiceLine | None, performer_id: uuid.UUID | None, by: Any) -> None:
    charge.performer_id = performer_id
    charge.save(update_fields=["performer", "updated_at"])
    if line is None:
        return
    if line.invoice.is_draft:
        _name(line, performer_id)
    else:
        _hand_over(line, performer_id, by or line.invoice.issued_by)


def _hand_over(line: InvoiceLine, performer_id: uuid.UUID | None, by: Any) -> None:
    """What the line still earns and its fee go from one to the other; on a closed day it counts for the next one."""
    invoice, left = line.invoice, _still_earned(line)
    sides, moved = journal.revenue([(line, -left)], line.currency), fees.all_back(line=line)
    _name(line, performer_id)
    sides += journal.revenue([(line, left)], line.currency)
    moved += fees.taken_over(line)
    entry = journal.post(
        kind=EntryKind.PERFORMER_CHANGED,
        source_id=new_id(),
        sides=[*sides, *fees.sides(moved, line.currency)],
        branch_id=invoice.branch_id,
        by=by,
        invoice=invoice,
        rate=invoice.rate,
        may_wait=True,
    )
    fees.keep(moved, entry, line.currency)


def _still_earned(line: InvoiceLine) -> Decimal:
    """What a line brought without tax, less what was credited of it."""
    credited = CreditLine.objects.filter(line=line, credit_note__number__isnull=False)
    back = credited.aggregate(sum=Sum(F("gross") - F("tax")))["sum"]
    return line.amount - line.tax - (back or Decimal(0))


def _name(line: InvoiceLine, performer_id: uuid.UUID | None) -> None:
    line.performer_id = performer_id
    InvoiceLine.objects.filter(pk=line.pk).update(performer=performer_id)
