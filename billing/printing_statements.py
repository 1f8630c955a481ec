"""The account of a patient or a family on paper."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from billing import pricing
from billing.models import StatementPrint
from billing.printing_parts import in_both, rate_note, spelled, whom
from billing.queries.catalogue import rate_known_at
from billing.queries.statements import held_then, owed_now, statement_rows
from core.preferences import preference
from patients.models import Patient


def statement_paper(printed: StatementPrint, people: Sequence[Patient]) -> dict[str, Any]:
    """What was charged, paid and credited, one line each, and what was owed, as it stood when it was printed.

    `people` are those whose bills are on it: the patient alone, or the family as far as the reader sees it.
    """
    rows = statement_rows(people, at=printed.created_at)
    rate = rate_known_at(printed.created_at)
    owed = owed_now(rows)
    sums = [(_("Owed now"), money) for money in owed]
    total = (
        pricing.worth_together(
            {money.currency: money.amount for money in owed}, base=preference("billing.base_currency"), rate=rate
        )
        if rate
        else None
    )
    favour = total is not None and total.amount < 0
    if total is not None:
        sums += in_both(_("In the patient's favour") if favour else _("Owed in all"), abs(total), rate)
    return {
        "branch": printed.patient.registered_at_branch,
        "title": _("Statement of account"),
        "number": str(printed.on),
        "facts": [whom(people), (_("Date"), printed.created_at)],
        "columns": [_("Date"), _("Number"), _("Event"), _("Amount"), _("Owed")],
        "align": "lllrr",
        "wide": 2,
        "lines": [
            [row.posting.date, row.document, str(row.posting.entry.get_kind_display()), row.money, row.owed]
            for row in rows
        ],
        "sums": sums,
        "strong": [-2, -1],
        "spelled": spelled(abs(total)) if total is not None else [],
        "paid": [(_("Deposit held"), money) for money in held_then(people, printed.created_at)],
        "footer": rate_note(rate),
    }
