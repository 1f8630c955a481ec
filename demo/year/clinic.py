"""What nurse and doctor wrote: vital signs with their score, a signed note, a diagnosis."""

from datetime import date
from decimal import Decimal
from typing import Any

from clinical.models import Diagnosis, Note, NoteRevision, VitalSigns
from clinical.models.note import SECTIONS
from clinical.services.diagnoses import code_index
from clinical.services.triage import assess
from demo.year.ground import Ground
from demo.year.sheets import Sheets
from demo.year.visits import Coming
from patients.ages import age_on


def add_record(sheets: Sheets, ground: Ground, coming: Coming, day: date) -> None:
    """The clinical record of a visit."""
    measured = _measured(coming, day)
    sheets.add(
        VitalSigns,
        coming.triaged,
        patient=coming.patient,
        encounter=coming.encounter,
        taken_at=coming.triaged,
        taken_by=ground.people["nurse"],
        assessment=assess(measured, age_years=_years(coming, day), pregnant=False),
        **measured,
    )
    _add_note(sheets, coming)
    code = coming.case.code
    sheets.add(
        Diagnosis,
        coming.after(32),
        encounter=coming.encounter,
        patient=coming.patient,
        code=code,
        text=ground.terms.get(code, coming.case.assessment),
        code_index=code_index(code),
        recorded_by=coming.doctor,
    )


def _years(coming: Coming, day: date) -> int:
    return age_on(coming.patient.birth_date, day).years


def _measured(coming: Coming, day: date) -> dict[str, Any]:
    draw, child = coming.chance.gauss, _years(coming, day) < 12
    return {
        "temperature": Decimal(str(round(draw(float(coming.case.temperature), 0.2), 1))),
        "pulse": Decimal(round(draw(104 if child else 80, 7))),
        "respiration": Decimal(round(draw(24 if child else 16, 1.5))),
        "systolic": Decimal(round(draw(98 if child else 124, 8))),
        "diastolic": Decimal(round(draw(62 if child else 78, 5))),
        "spo2": Decimal(min(100, round(draw(97.5, 0.8)))),
        "weight": Decimal(str(round(draw(20 if child else 57, 2), 1))),
        "consciousness": "A",
    }


def _add_note(sheets: Sheets, coming: Coming) -> None:
    texts = {section: getattr(coming.case, section) for section in SECTIONS}
    doctor, signed = coming.doctor, coming.after(36)
    note = sheets.add(
        Note,
        coming.after(26),
        encounter=coming.encounter,
        status="signed",
        author=doctor,
        signed_at=signed,
        signed_by=doctor,
        signed_by_name=str(doctor),
        version=3,
        **texts,
    )
    sheets.add(
        NoteRevision, signed, note=note, version=3, why="signed", by_id=str(doctor.pk), by_name=str(doctor), **texts
    )
