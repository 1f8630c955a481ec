"""A reminder of a debt as a letter on A4 or A5."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from billing.dunning import title_of
from billing.models import Reminder
from billing.queries.debts import parts_of, plan_of
from core.clock import day_of, today
from core.pdf import letterhead, render_pdf


def reminder_pdf(reminder: Reminder, *, paper: str, hospital: Any) -> bytes:
    """What is overdue, of which invoice, and the parts that were agreed; in the patient's language."""
    with translation.override(reminder.invoice.patient.preferred_language):
        return render_pdf("billing/reminder.typ", letter(reminder, paper, hospital))


def letter(reminder: Reminder, paper: str, hospital: Any) -> dict[str, Any]:
    invoice = reminder.invoice
    plan = plan_of(invoice)
    parts = parts_of(plan, invoice) if plan else []
    return {
        "paper": paper,
        "hospital": letterhead(hospital, invoice.branch),
        "title": title_of(reminder.level),
        "number": invoice.number,
        "facts": [
            (_("Patient"), f"{invoice.patient.full_name} · {invoice.patient.mrn}"),
            (_("Date"), today()),
            (_("Invoice"), f"{invoice.number} · {day_of(invoice.issued_at)}" if invoice.issued_at else invoice.number),
            (_("Due since"), reminder.due_on),
        ],
        "greeting": _("Please pay what is overdue, or come and talk to us: parts can be agreed."),
        "columns": [_("Due on"), _("Amount"), _("Paid")],
        "lines": [[one.part.due_on, one.part.money, one.paid] for one in parts],
        "sums": [(_("Overdue"), reminder.money), (_("Owed in all"), invoice.due_money)],
        "footer": _("If you have paid meanwhile, this letter has crossed your payment."),
    }
