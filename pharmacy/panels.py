"""What the pharmacy shows on the pages of others: the prescription beside the encounter, medicines in the chart."""

from typing import Any

from core.panels import Panel, register
from pharmacy.dosing import short_line
from pharmacy.queries.prescriptions import draft_of, items_of, latest_items, signed_prescriptions
from pharmacy.queries.safety import ends_on, findings_of, running_items


def encounter_panel(request: Any, encounter: Any) -> dict[str, Any]:
    """Signed prescriptions of this encounter and, while it may be written in, the draft with its warnings."""
    may_write = encounter.is_writable and request.user.may("prescription:create")
    draft = draft_of(encounter)
    items = items_of(draft) if draft else []
    if not may_write:  # the consultation ended before the draft was signed: nobody received it, and that is said
        return _read_only(request, encounter, items)
    found = findings_of(draft, items) if draft and items else {}
    return {
        "encounter": encounter,
        "may_prescribe": True,
        "may_stop": True,
        "draft": draft,
        "draft_rows": [_draft_row(item, found[item]) for item in items],
        "signed": [_signed_row(prescription) for prescription in signed_prescriptions(encounter)],
    }


def _read_only(request: Any, encounter: Any, unsigned: list[Any]) -> dict[str, Any]:
    return {
        "encounter": encounter,
        "may_stop": request.user.may("prescription:create"),
        "unsigned": [] if encounter.is_open else unsigned,
        "signed": [_signed_row(prescription) for prescription in signed_prescriptions(encounter)],
    }


def _draft_row(item: Any, findings: list[Any]) -> dict[str, Any]:
    unanswered = [one for one in findings if one.needs_reason and one.key not in item.reasons]
    reasons = sorted({item.reasons[one.key] for one in findings if one.key in item.reasons})
    return {
        "item": item,
        "line": short_line(item),
        "findings": [one for one in findings if not one.is_quiet],
        "notes": [one for one in findings if one.is_quiet],
        "unanswered": unanswered,
        "reasons": reasons,
    }


def _signed_row(prescription: Any) -> dict[str, Any]:
    queries = list(prescription.queries.all())
    return {
        "prescription": prescription,
        "items": [{"item": item, "line": short_line(item)} for item in prescription.items.all()],
        "query": next((query for query in queries if query.answered_at is None), None),
        "answered": [query for query in queries if query.answered_at],
    }


def chart_panel(request: Any, patient: Any) -> dict[str, Any] | None:
    """What the patient takes now, and what was prescribed before."""
    running = running_items(patient)
    known = {item.pk for item in running}
    earlier = [item for item in latest_items(patient) if item.pk not in known]
    if not running and not earlier:
        return None
    return {
        "patient": patient,
        "running": [{"item": item, "line": short_line(item), "until": ends_on(item)} for item in running],
        "earlier": [{"item": item, "line": short_line(item)} for item in earlier],
    }


register(
    Panel(
        slot="encounter",
        order=30,
        permission="prescription:view",
        template="pharmacy/panels/encounter.html",
        context=encounter_panel,
    )
)
register(
    Panel(
        slot="chart",
        order=30,
        permission="prescription:view",
        template="pharmacy/panels/chart.html",
        context=chart_panel,
    )
)
