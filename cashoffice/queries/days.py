"""The end of a branch's day: what stands in its way, and what the ledger says of it."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import CreditNote, Entry, Invoice, Payment, Posting, Refund, Shift
from billing.states import RUNNING_SHIFTS, CreditStatus, InvoiceStatus, ShiftStatus
from cashoffice.models import DayClosing, Transfer, Variance, Voucher
from cashoffice.queries.movements import Movement, summed
from cashoffice.states import TransferStatus, VarianceStatus, VoucherStatus
from core.clock import day_bounds

MOST = 8


@dataclass(frozen=True)
class Obstacle:
    """One thing to be settled: its words, and records by name with an address where it can be settled."""

    words: str | Promise
    records: list[tuple[str, str]]
    blocks: bool = True


Finder = Callable[[Any, datetime.date], Iterable[tuple[str, str]]]


def obstacles(branch: Any, day: datetime.date) -> list[Obstacle]:
    """What stands in the way of closing the day, and what is carried over to the next; the first few of each kind."""
    found = [Obstacle(words, list(find(branch, day))[:MOST], blocks) for words, find, blocks in _FINDERS]
    return [one for one in found if one.records]


def figures_of(branch: Any, day: datetime.date) -> list[Movement]:
    """Everything that was posted in a branch on a day, by kind of event, account and currency."""
    return summed(Posting.objects.filter(entry__branch=branch, entry__date=day))


def closing_of(branch: Any, day: datetime.date) -> DayClosing | None:
    return DayClosing.objects.filter(branch=branch, date=day).select_related("closed_by", "branch").first()


def closings(branch: Any) -> QuerySet[DayClosing]:
    return DayClosing.objects.filter(branch=branch).select_related("closed_by", "branch").order_by("-date")


def first_open_day(branch: Any, today: datetime.date) -> datetime.date:
    """The day after the last closed one, at most today: what the page proposes."""
    last = DayClosing.objects.filter(branch=branch).order_by("-date").values_list("date", flat=True).first()
    return min(today, last + datetime.timedelta(days=1)) if last else today


def _shifts(branch: Any, day: datetime.date, *statuses: str) -> QuerySet[Shift]:
    """Shifts of the branch that began by the day's end or moved money by then."""
    _start, end = day_bounds(day)
    moved = Entry.objects.filter(shift=OuterRef("pk"), date__lte=day)
    shifts = Shift.objects.filter(Q(opened_at__lt=end) | Exists(moved), branch=branch, status__in=statuses)
    return shifts.select_related("cashier", "drawer").order_by("id")


def _named(shifts: Iterable[Shift]) -> list[tuple[str, str]]:
    return [(f"{one.number} · {one.cashier}", reverse("billing:shift-detail", args=[one.pk])) for one in shifts]


def _running(branch: Any, day: datetime.date) -> list[tuple[str, str]]:
    return _named(_shifts(branch, day, *RUNNING_SHIFTS)[:MOST])


def _unreviewed(branch: Any, day: datetime.date) -> list[tuple[str, str]]:
    waiting = Variance.objects.filter(shift=OuterRef("pk"), status=VarianceStatus.WAITING)
    return _named(_shifts(branch, day, ShiftStatus.CLOSED).filter(Exists(waiting))[:MOST])


def _unaccepted(branch: Any, day: datetime.date) -> list[tuple[str, str]]:
    return _named(_shifts(branch, day, ShiftStatus.CLOSED)[:MOST])


def _transfers(branch: Any, day: datetime.date) -> list[tuple[str, str]]:
    _start, end = day_bounds(day)
    sent = Transfer.objects.filter(sender__branch=branch, status=TransferStatus.SENT, created_at__lt=end)
    sent = sent.order_by("id")[:MOST]
    return [(one.number, reverse("cashoffice:transfer-list")) for one in sent]


def _vouchers(branch: Any, day: datetime.date) -> list[tuple[str, str]]:
    _start, end = day_bounds(day)
    waiting = Voucher.objects.filter(shift__branch=branch, status=VoucherStatus.REQUESTED, created_at__lt=end)
    waiting = waiting.select_related("reason").order_by("id")[:MOST]
    return [(one.reason.name, reverse("cashoffice:voucher-detail", args=[one.pk])) for one in waiting]


def _unposted(branch: Any, day: datetime.date) -> list[tuple[str, str]]:
    """Papers of the day without their entry: the program never leaves any, so whatever stands here is an alarm."""
    start, end = day_bounds(day)
    posted = Entry.objects.filter(source_id=OuterRef("pk"))
    papers: list[tuple[QuerySet[Any], str]] = [
        (Payment.objects.filter(shift__branch=branch, received_at__gte=start, received_at__lt=end), "payment"),
        (Refund.objects.filter(shift__branch=branch, paid_at__gte=start, paid_at__lt=end), "refund"),
        (
            Invoice.objects.filter(branch=branch, issued_at__gte=start, issued_at__lt=end, total__gt=0).exclude(
                status=InvoiceStatus.DRAFT
            ),
            "invoice_issued",
        ),
    ]
    agreement = reverse("billing:agreement")
    return [
        (str(one), agreement) for rows, kind in papers for one in rows.filter(~Exists(posted.filter(kind=kind)))[:MOST]
    ]


def _drafts(branch: Any, day: datetime.date) -> list[tuple[str, str]]:
    _start, end = day_bounds(day)
    drafts = Invoice.objects.filter(branch=branch, status=InvoiceStatus.DRAFT, created_at__lt=end).order_by("id")
    drafts = drafts.select_related("visit")[:MOST]
    return [(one.visit.number, reverse("billing:invoice-detail", args=[one.pk])) for one in drafts]


def _credits(branch: Any, day: datetime.date) -> list[tuple[str, str]]:
    waiting = Q(status=CreditStatus.REQUESTED) | Q(status=CreditStatus.APPROVED, to_refund__gt=0)
    notes = CreditNote.objects.filter(waiting, invoice__branch=branch).select_related("invoice").order_by("id")[:MOST]
    return [(str(one.invoice.number), reverse("billing:credit-detail", args=[one.pk])) for one in notes]


_FINDERS: list[tuple[str | Promise, Finder, bool]] = [
    (_("Shifts are not counted and closed"), _running, True),
    (_("Transfers between drawers are not answered"), _transfers, True),
    (_("Cash vouchers wait for approval"), _vouchers, True),
    (_("Differences above the limit are not reviewed"), _unreviewed, True),
    (_("Papers have no entry in the ledger"), _unposted, True),
    (_("Closed shifts are not accepted yet"), _unaccepted, False),
    (_("Invoices are drafts"), _drafts, False),
    (_("Credit notes wait to be decided or paid out"), _credits, False),
]
