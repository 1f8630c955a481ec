"""What nurse and doctor wrote: vital signs with their score, a signed note, a diagnosis."""

from datetime import date

from clinical.models import Diagnosis, Note, NoteRevision, VitalSigns
from clinical.models.note import SECTIONS
from clinical.services.diagnoses import code_index
from clinical.services.triage import assess
from demo.draws import vital_signs
from demo.past.ground import Ground
from demo.past.sheets import Sheets
from demo.past.visits import Coming
from patients.ages import age_on


def add_record(sheets: Sheets, ground: Ground, coming: Coming, day: date) -> None:
    """The clinical record of a visit."""
    years = age_on(coming.patient.birth_date, day).years
    measured = vital_signs(coming.case, years, coming.chance)
    sheets.add(
        VitalSigns,
        coming.triaged,
        patient=coming.patient,
        encounter=coming.encounter,
        taken_at=coming.triaged,
        taken_by=ground.people["nurse"],
        assessment=assess(measured, age_years=years, pregnant=False),
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
