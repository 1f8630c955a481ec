"""The breach report: on paper, and as a table."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.pdf import letterhead, render_pdf
from core.tables import csv_table
from oversight.evidence import evidence_in_words
from oversight.models import Alert
from oversight.queries.alerts import affected, timeline_of
from oversight.rows import in_words

COLUMNS = ("time", "person", "role", "kind", "what", "patient", "address", "reason", "request")


def report_pdf(alert: Alert, *, user: User, hospital: Any, branch: Any = None) -> bytes:
    """What was found, who is concerned, whose records were read, the timeline, and the decision."""
    timeline = timeline_of(alert)
    rows = in_words(timeline)
    data = {
        "hospital": letterhead(hospital, branch),
        "number": str(alert.pk)[-8:].upper(),
        "facts": _facts(alert),
        "patients": [[one["mrn"], one["name"] or _("not open to the reader"), str(one["times"])] for one in
                     affected(timeline, user)],
        "timeline": [[_time(row.at), row.what, row.mrn, row.record.address] for row in rows],
        "made_by": f"{user} ({user.role_line})",
    }  # fmt: skip
    return render_pdf("oversight/breach.typ", data)


def report_table(alert: Alert) -> bytes:
    rows = in_words(timeline_of(alert))
    return csv_table(
        COLUMNS,
        (
            [
                row.at.isoformat(timespec="milliseconds"),
                row.record.actor,
                row.record.role,
                row.record.kind,
                row.what,
                row.mrn,
                row.record.address,
                row.record.reason,
                row.record.request_id,
            ]
            for row in rows
        ),
    )


def _facts(alert: Alert) -> list[list[str]]:
    facts = [
        [_("Person concerned"), f"{alert.concerned_name} ({alert.concerned_role})"],
        [_("Rule"), alert.get_rule_display()],
        [_("Evidence"), evidence_in_words(alert)],
        [_("Time"), f"{_time(alert.window_start)} – {_time(alert.window_end)}"],
        [_("Found"), _time(alert.created_at)],
    ]
    if not alert.is_open:
        decision = alert.decision
        facts += [
            [_("Outcome"), decision.get_outcome_display()],
            [_("Reason"), decision.reason],
            [_("Decided by"), f"{decision.by_name} ({decision.by_role}), {_time(decision.created_at)}"],
        ]
    return facts


def _time(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
