"""Papers of the day's end: the closing report, and the slip that goes with cash to the bank."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cashoffice.models import DayClosing, Deposit
from cashoffice.printing_reports import movement_rows
from cashoffice.queries.movements import Movement
from core.pdf import letterhead, render_pdf


def day_pdf(closing: DayClosing, *, hospital: Any, paper: str, language: str) -> bytes:
    """The closing report of a branch's day."""
    with translation.override(language):
        return render_pdf("cashoffice/report.typ", _day(closing, hospital, paper))


def deposit_pdf(deposit: Deposit, *, hospital: Any) -> bytes:
    """A5, in the reader's language."""
    return render_pdf("cashoffice/voucher.typ", _deposit(deposit, hospital))


def _day(closing: DayClosing, hospital: Any, paper: str) -> dict[str, Any]:
    return {
        "paper": paper,
        "hospital": letterhead(hospital, closing.branch),
        "title": _("Closing of a day"),
        "number": closing.number,
        "facts": [
            (_("Day"), closing.date),
            (_("Branch"), str(closing.branch)),
            (_("Closed by"), str(closing.closed_by)),
            (_("When"), closing.created_at),
            (_("Note"), closing.note),
        ],
        "totals": [],
        "movements_title": _("What moved"),
        "columns": [_("Event"), _("Debit"), _("Credit")],
        "movements": movement_rows(Movement.from_json(row) for row in closing.figures["movements"]),
        "notes": [],
        "hint": "",
        "signatures": [_("Supervisor"), _("Accountant")],
    }


def _deposit(deposit: Deposit, hospital: Any) -> dict[str, Any]:
    shifts = [row.shift.number for row in deposit.bundle.select_related("shift")]
    return {
        "paper": "a5",
        "hospital": letterhead(hospital, deposit.branch),
        "title": _("Deposit to the bank"),
        "number": deposit.number,
        "facts": [
            (_("Bank deposit"), deposit.number),
            (_("Shifts"), ", ".join(shifts)),
            (pgettext("bank deposit", "Prepared by"), f"{deposit.prepared_by} · {deposit.created_at:%Y-%m-%d}"),
            (_("Handed over by"), str(deposit.handed_by or "–")),
            (_("Number of the bank's slip"), deposit.slip),
            (_("Note"), deposit.note),
        ],
        "sums": [(_("Amount") if place == 0 else "", money) for place, money in enumerate(deposit.moneys)],
        "signatures": [pgettext("bank deposit", "Prepared by"), _("Handed over by"), _("Bank")],
    }
