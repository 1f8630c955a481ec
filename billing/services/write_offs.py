"""Giving up a debt: somebody asks, somebody else approves; when somebody pays after all, it is taken back first."""

from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.queries import staff_who_may
from billing.errors import AlreadyDecided, DecidesOwn, InvoiceNotOwing, ReasonMissing
from billing.errors_debts import WriteOffNotMade, WriteOffOutdated, WriteOffWaits
from billing.models import Entry, EntryKind, Invoice, WriteOff
from billing.services import journal
from billing.services.drafts import lock_invoice
from billing.services.numbers import paper_number
from billing.services.settlement import announce_if_settled
from billing.services.transitions import move, record
from billing.states import INVOICE_FLOW, WRITE_OFF_FLOW, InvoiceStatus, WriteOffStatus
from core.clock import now
from notifications.services import notify


@transaction.atomic
def request_write_off(*, invoice: Invoice, reason: str, by: Any) -> WriteOff:
    """Ask to give up all that is still due. Nothing is posted yet.

    Raises ReasonMissing, InvoiceNotOwing, WriteOffWaits.
    """
    if not reason.strip():
        raise ReasonMissing()
    invoice = lock_invoice(invoice)
    if not invoice.is_owing:
        raise InvoiceNotOwing()
    try:
        with transaction.atomic():
            write_off = WriteOff.objects.create(
                invoice=invoice, currency=invoice.currency, amount=invoice.balance, reason=reason, requested_by=by
            )
    except IntegrityError as error:
        raise WriteOffWaits() from error
    record(write_off, verb="request", from_status="", to_status=write_off.status, by=by, reason=reason)
    notify(
        users=staff_who_may("write_off:approve").exclude(pk=by.pk),
        kind="write_off",
        text=gettext_noop("A write-off of a debt waits for your decision."),
        url=reverse("billing:write-off-detail", args=[write_off.pk], urlconf="config.urls_portal"),
    )
    return write_off


@transaction.atomic
def approve_write_off(*, write_off: WriteOff, by: Any) -> WriteOff:
    """The invoice owes nothing any more, and the ledger bears the loss.

    Raises DecidesOwn, AlreadyDecided, InvoiceNotOwing, WriteOffOutdated (something was paid or came to it since).
    """
    invoice, write_off = _lock_to_decide(write_off, by)
    if not invoice.is_owing:
        raise InvoiceNotOwing()
    if write_off.amount != invoice.balance:
        raise WriteOffOutdated()
    number = paper_number("write_off", "W", invoice.branch)
    move(write_off, flow=WRITE_OFF_FLOW, verb="approve", by=by, number=number, decided_by=by, decided_at=now())
    written_off = invoice.written_off + write_off.amount
    move(invoice, flow=INVOICE_FLOW, verb="write_off", by=by, reason=write_off.reason, written_off=written_off)
    journal.post(
        kind=EntryKind.WRITE_OFF,
        source_id=write_off.pk,
        sides=[
            journal.Side(journal.BAD_DEBT, write_off.currency, write_off.amount),
            journal.Side(journal.RECEIVABLE, write_off.currency, -write_off.amount),
        ],
        branch_id=invoice.branch_id,
        by=by,
        invoice=invoice,
        rate=invoice.rate,
    )
    announce_if_settled(invoice.visit_id)
    return write_off


@transaction.atomic
def decline_write_off(*, write_off: WriteOff, reason: str, by: Any) -> WriteOff:
    """Keep asking for the money, and say why. Raises ReasonMissing, DecidesOwn, AlreadyDecided."""
    if not reason.strip():
        raise ReasonMissing()
    _invoice, write_off = _lock_to_decide(write_off, by)
    move(
        write_off, flow=WRITE_OFF_FLOW, verb="decline", by=by, reason=reason, decline_reason=reason, decided_by=by,
        decided_at=now(),
    )  # fmt: skip
    return write_off


@transaction.atomic
def reverse_write_off(*, write_off: WriteOff, reason: str, by: Any) -> WriteOff:
    """The invoice owes the amount again, so that it can be paid. Raises ReasonMissing, WriteOffNotMade."""
    if not reason.strip():
        raise ReasonMissing()
    invoice, write_off = _lock(write_off)
    if not write_off.can_reverse:
        raise WriteOffNotMade()
    move(write_off, flow=WRITE_OFF_FLOW, verb="reverse", by=by, reason=reason, reversed_by=by, reversed_at=now())
    _owe_again(invoice, write_off, reason, by)
    entry = Entry.objects.get(kind=EntryKind.WRITE_OFF, source_id=write_off.pk)
    journal.reverse(entry=entry, kind=EntryKind.WRITE_OFF_REVERSED, source_id=write_off.pk, by=by, invoice=invoice)
    return write_off


def _owe_again(invoice: Invoice, write_off: WriteOff, reason: str, by: Any) -> None:
    written_off = invoice.written_off - write_off.amount
    if invoice.is_owing:  # a payer's refusal had reopened it
        invoice.written_off = written_off
        invoice.save(update_fields=["written_off", "updated_at"])
        return
    untouched = invoice.status == InvoiceStatus.WRITTEN_OFF and not invoice.paid and not invoice.transferred
    verb = "recover" if untouched else "reopen"
    move(invoice, flow=INVOICE_FLOW, verb=verb, by=by, reason=reason, written_off=written_off, paid_at=None)


def _lock(write_off: WriteOff) -> tuple[Invoice, WriteOff]:
    """Invoice before write-off, in this order everywhere."""
    invoice = lock_invoice(write_off.invoice)
    rows = WriteOff.objects.select_for_update(of=("self",), no_key=True).select_related("requested_by")
    return invoice, rows.get(pk=write_off.pk)


def _lock_to_decide(write_off: WriteOff, by: Any) -> tuple[Invoice, WriteOff]:
    invoice, write_off = _lock(write_off)
    if write_off.status != WriteOffStatus.REQUESTED:
        raise AlreadyDecided()
    if write_off.requested_by_id == by.pk:
        raise DecidesOwn()
    return invoice, write_off
