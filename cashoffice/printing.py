"""Papers of the cash office, in the language that was chosen."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from cashoffice.models import Voucher
from core.pdf import letterhead, render_pdf


def voucher_pdf(voucher: Voucher, *, hospital: Any, paper: str, language: str) -> bytes:
    """The slip of a posted voucher on A5 or 80 mm."""
    with translation.override(language):
        return render_pdf("cashoffice/voucher.typ", _voucher(voucher, hospital, paper))


def _voucher(voucher: Voucher, hospital: Any, paper: str) -> dict[str, Any]:
    shift = voucher.shift
    return {
        "paper": paper,
        "hospital": letterhead(hospital, shift.branch),
        "title": _("Cash paid out") if voucher.is_out else _("Cash received"),
        "number": voucher.number,
        "facts": [
            (_("Voucher"), voucher.number),
            (_("Date"), voucher.posted_at),
            (_("Reason"), voucher.reason.name),
            (_("Account"), str(voucher.reason.account)),
            (_("Paid to") if voucher.is_out else _("Received from"), voucher.party),
            (_("Note"), voucher.note),
            (_("Shift"), f"{shift.number} · {shift.drawer.name}"),
            (_("Cashier"), str(voucher.requested_by)),
            (_("Approved by"), str(voucher.decided_by or "–")),
        ],
        "sums": [(_("Amount") if place == 0 else "", money) for place, money in enumerate(voucher.moneys)],
        "signatures": [_("Cashier"), _("Recipient") if voucher.is_out else _("Payer")],
    }
