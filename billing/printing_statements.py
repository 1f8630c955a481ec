"""The account of a patient or a family on A4."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from billing.queries.statements import held_now, owed_now, statement_rows
from core.clock import today
from core.pdf import letterhead, render_pdf
from patients.models import Patient


def statement_pdf(patient: Patient, members: list[Patient], *, hospital: Any, branch: Any) -> bytes:
    """What was charged, paid and credited, one line each, and what is owed now; in the patient's language.

    `members` are those whose bills are on it: the patient alone, or the family as far as the reader sees it.
    """
    rows = statement_rows(members)
    with translation.override(patient.preferred_language):
        names = [f"{one.full_name} · {one.mrn}" for one in members]
        context = {
            "hospital": letterhead(hospital, branch),
            "title": _("Statement of account"),
            "number": str(today()),
            "facts": [(_("Patient") if len(names) == 1 else _("Patients"), "\n".join(names)), (_("Date"), today())],
            "columns": [_("Date"), _("Number"), _("Event"), _("Amount"), _("Owed")],
            "lines": [
                [row.posting.date, row.document, str(row.posting.entry.get_kind_display()), row.money, row.owed]
                for row in rows
            ],
            "sums": [(_("Owed now"), money) for money in owed_now(rows)]
            + [(_("Deposit held"), money) for money in held_now(members)],
        }
        return render_pdf("billing/statement.typ", context)
