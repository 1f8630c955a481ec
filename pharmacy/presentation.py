"""What the dispensing page and the papers show, gathered in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from accounts.models import User
from billing.models import Charge
from billing.states import ChargeStatus
from patients.banner import banner_of
from pharmacy.dosing import directions, short_line, units_text
from pharmacy.forms.dispensing import HandOverForm, PrepareRow, QuestionForm, prepare_rows
from pharmacy.models import Dispense, Location, Prescription, PrescriptionItem, SafetyWarning
from pharmacy.queries.prescriptions import dispenses_of, items_of, outstanding_items
from pharmacy.queries.safety import findings_of, reasons_given
from pharmacy.queries.stock import batches_by_medicine, store_of
from pharmacy.safety import Finding
from pharmacy.services.handing_over import is_unpaid


def dispense_page(
    user: User,
    prescription: Prescription,
    *,
    rows: Sequence[PrepareRow] | None = None,
    question_form: QuestionForm | None = None,
    hand_over_form: HandOverForm | None = None,
    prepare_error: Exception | None = None,
) -> dict[str, Any]:
    items, location = items_of(prescription), store_of(prescription.branch)
    findings = findings_of(prescription, items) if prescription.is_open else {}
    given = reasons_given(items)
    dispenses = dispenses_of(prescription)
    bag = next((one for one in dispenses if one.is_open), None)
    queries = list(prescription.queries.select_related("asked_by", "answered_by"))
    waiting = _waiting(items, findings, given, bag)
    return {
        "prescription": prescription,
        "banner": banner_of(prescription.patient),
        "location": location,
        "items": [_item_row(item, findings.get(item, []), given) for item in items],
        "rows": _rows(user, prescription, items, location, rows, bag),
        "prepare_error": prepare_error,
        "bag": bag,
        "bag_lines": _bag_lines(bag),
        "unpaid": bag is not None and is_unpaid(bag, list(bag.lines.all())),
        "waiting": [(item, found) for item, found in waiting.items()],
        "hand_over_form": hand_over_form or HandOverForm(items=items),
        "question_form": question_form or QuestionForm(),
        "queries": queries,
        "dispenses": [one for one in dispenses if not one.is_open],
        "changes": _changes(prescription),
    }


def _rows(
    user: User,
    prescription: Prescription,
    items: Sequence[PrescriptionItem],
    location: Location | None,
    rows: Sequence[PrepareRow] | None,
    bag: Dispense | None,
) -> Sequence[PrepareRow]:
    """One row of the preparing form for each outstanding item; none while a bag is open or nothing may be prepared."""
    if rows is not None:
        return rows
    if bag or location is None or not prescription.can_dispense or not user.may("dispense:prepare"):
        return []
    outstanding = outstanding_items(list(items))
    return prepare_rows(outstanding, batches_by_medicine(location, [item.medicine_id for item in outstanding]))


def _item_row(
    item: PrescriptionItem, findings: Sequence[Finding], given: Mapping[tuple[UUID, str], SafetyWarning]
) -> dict[str, Any]:
    shown = [{"finding": one, "answer": given.get((item.pk, one.key))} for one in findings if not one.is_quiet]
    return {
        "item": item,
        "line": short_line(item),
        "findings": shown,
        "notes": [one for one in findings if one.is_quiet],
    }


def _waiting(
    items: Sequence[PrescriptionItem],
    findings: Mapping[PrescriptionItem, Sequence[Finding]],
    given: Mapping[tuple[UUID, str], SafetyWarning],
    bag: Dispense | None,
) -> dict[PrescriptionItem, list[Finding]]:
    """Warnings about what is in the bag that nobody has answered yet."""
    if bag is None:
        return {}
    inside = {line.item_id for line in bag.lines.all()}
    found = {
        item: [one for one in findings.get(item, []) if one.needs_reason and (item.pk, one.key) not in given]
        for item in items
        if item.pk in inside
    }
    return {item: unanswered for item, unanswered in found.items() if unanswered}


def _bag_lines(bag: Dispense | None) -> list[dict[str, Any]]:
    """The bag's lines with their charges."""
    if bag is None:
        return []
    lines = list(bag.lines.all())
    charges = Charge.objects.filter(source_id__in=[line.pk for line in lines]).exclude(status=ChargeStatus.CANCELLED)
    by_line = {charge.source_id: charge for charge in charges}
    return [{"line": line, "charge": by_line.get(line.pk)} for line in lines]


def _changes(prescription: Prescription) -> list[dict[str, Any]]:
    """The history of the prescription and its bags, newest first, for `{% timeline %}`."""
    rows = prescription.changes.filter(item__isnull=True).select_related("by").order_by("-created_at")
    return [
        {
            "at": row.created_at,
            "title": _status_words(row),
            "text": row.reason,
            "actor": row.by or "",
            "tone": "blue" if row.dispense_id else "grey",
        }
        for row in rows
    ]


def _status_words(row: Any) -> Any:
    choices = Dispense if row.dispense_id else Prescription
    return dict(choices._meta.get_field("status").flatchoices).get(row.to_status, row.to_status)


def label_facts(line: Any, prescription: Prescription) -> dict[str, Any]:
    """What stands on one label, in the active language."""
    item, medicine = line.item, line.item.medicine
    return {
        "medicine": medicine.full_name,
        "inn": "" if medicine.inn.lower() in medicine.full_name.lower() else medicine.inn,
        "directions": directions(item),
        "instructions": item.instructions,
        "quantity": units_text(medicine, line.kept),
        "lot": line.batch.lot_number,
        "expiry": line.batch.expires_on.isoformat(),
        "high_alert": medicine.high_alert,
        "number": prescription.label,
    }
