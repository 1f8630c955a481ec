"""X and Z reports on A4 and 80 mm, in the language that was chosen."""

from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from cashoffice.queries.movements import Movement, account_names
from cashoffice.queries.reports import Report, Total
from core.clock import now
from core.money import Currency, Money, format_money
from core.pdf import letterhead, render_pdf


def report_pdf(report: Report, *, hospital: Any, paper: str, language: str) -> bytes:
    """The report of a shift: X while it runs, Z when it is closed."""
    with translation.override(language):
        return render_pdf("cashoffice/report.typ", _report(report, hospital, paper))


def _report(report: Report, hospital: Any, paper: str) -> dict[str, Any]:
    shift = report.shift
    return {
        "paper": paper,
        "hospital": letterhead(hospital, shift.branch),
        "title": _("Z report") if report.number else _("X report"),
        "number": f"{report.number} · {shift.number}" if report.number else shift.number,
        "facts": [
            (_("Drawer"), shift.drawer.name),
            (_("Cashier"), str(shift.cashier)),
            (_("Shift"), shift.number),
            (_("Opened"), shift.opened_at),
            (_("Closed"), shift.closed_at),
            (_("Printed"), now()),
        ],
        "totals": [_total(total) for total in report.totals],
        "movements_title": _("What moved"),
        "columns": [_("Event"), _("Received"), _("Paid out")],
        "movements": movement_rows(report.movements),
        "notes_title": _("Notes counted"),
        "notes_columns": [_("Banknote"), _("Pieces")],
        "notes": [(Money(Decimal(note), currency), str(pieces)) for currency, note, pieces in report.notes],
        "hint": _("What must lie in the drawer is shown after the count.") if report.blind else "",
        "signatures": [_("Cashier"), _("Supervisor"), _("Accountant")],
    }


def _total(total: Total) -> dict[str, Any]:
    rows: list[tuple[str, Any]] = [(_("Opening float"), total.money("opening"))]
    rows += [
        (label, money)
        for label, money in (
            (_("Expected"), total.money("expected")),
            (_("Counted"), total.money("counted")),
            (_("Difference"), total.money("difference")),
        )
        if money is not None
    ]
    if total.reason:
        rows.append((_("Reason"), total.reason))
    return {"currency": str(Currency(total.currency).label), "rows": rows}


def movement_rows(movements: Any) -> list[dict[str, Any]]:
    """Each movement with its event and account in words, and how often it happened."""
    names = account_names()
    return [_row(movement, names) for movement in movements]


def _row(movement: Movement, names: dict[str, str]) -> dict[str, Any]:
    return {
        "text": f"{movement.kind_label} ({movement.count})",
        "detail": names.get(movement.account, movement.account),
        "gained": format_money(movement.gained_money) if movement.gained else "",
        "lost": format_money(movement.lost_money) if movement.lost else "",
    }
