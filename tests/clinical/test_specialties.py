"""Consultations of a protected specialisation: seen by who works in it or treats, in every list, page and trail."""

import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Department, StaffProfile, User
from audit.models import Record
from clinical.models import Encounter
from clinical.queries import timeline, visible_diagnoses, visible_encounters, visible_notes
from clinical.services.diagnoses import record_diagnosis
from clinical.services.encounters import transfer_encounter
from clinical.services.notes import save_draft, sign_note
from clinical.services.triage import record_vitals
from oversight.queries.subjects import may_read
from oversight.queries.trail import TrailFilter, records
from tests.factories.clinical import enrol, in_consultation, price_consultations


@pytest.fixture(autouse=True)
def prices(samaki):
    price_consultations()


def works_in(user, *specialties):
    StaffProfile.objects.filter(user=user).update(specialties=list(specialties))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def session_of_psychiatry(samaki, receptionist, doctor):
    """A consultation with a signed note and a diagnosis, which its doctor has protected."""
    encounter = in_consultation(by=receptionist, doctor=doctor)
    note = save_draft(
        encounter=encounter, texts={"subjective": "hears voices"}, version=0, specialty="psychiatry", by=doctor
    )
    record_diagnosis(encounter=encounter, code="F20.0", by=doctor)
    sign_note(encounter=encounter, version=note.version, by=doctor)
    return Encounter.objects.get(pk=encounter.pk)


def reads(user, encounter):
    patient = encounter.patient
    seen = {
        visible_encounters(user).filter(pk=encounter.pk).exists(),
        visible_notes(user).filter(encounter=encounter).exists(),
        visible_diagnoses(user).filter(encounter=encounter).exists(),
        encounter.pk in {one.pk for one in timeline(patient, user=user)},
        *(
            may_read(user, Record.objects.filter(table_name=table).latest("id"))
            for table in ("clinical_note", "clinical_diagnosis")
        ),
    }
    assert len(seen) == 1, "one place shows what another one hides"
    return seen.pop()


def test_only_who_works_in_it_or_treats_reads_it(session_of_psychiatry, doctor, doctor2, nurse, auditor):
    assert reads(doctor, session_of_psychiatry)
    assert not reads(doctor2, session_of_psychiatry)
    assert not reads(works_in(doctor2, "hiv", "violence"), session_of_psychiatry)
    assert reads(works_in(doctor2, "psychiatry"), session_of_psychiatry)


def test_pages_show_it_to_nobody_else(session_of_psychiatry, client_for, doctor2):
    patient, page = session_of_psychiatry.patient, f"/clinic/encounters/{session_of_psychiatry.pk}/"
    for name, sees in (("doctor", True), ("doctor2", False), ("auditor", False), ("nurse", False)):
        client = client_for(name)
        assert client.get(page).status_code == (200 if sees else 404), name
        chart = client.get(f"/patients/{patient.pk}/")
        assert chart.status_code == 200
        assert ("F20.0" in chart.content.decode()) is sees, name
        assert (page in chart.content.decode()) is sees, name
    works_in(doctor2, "psychiatry")
    assert "hears voices" in client_for("doctor2").get(page).content.decode()


def test_who_begins_to_treat_reads_what_was_before(session_of_psychiatry, nurse):
    assert not reads(nurse, session_of_psychiatry)
    record_vitals(encounter=session_of_psychiatry, values={"temperature": Decimal("36.8")}, by=nurse)
    assert reads(User.objects.get(pk=nurse.pk), session_of_psychiatry)


def test_a_department_protects_its_consultations_from_their_beginning(samaki, receptionist, doctor, doctor2):
    Department.objects.filter(code="ER").update(specialty="violence")
    first = enrol(by=receptionist, code="ER").encounter
    assert first.specialty == "violence"
    moved = enrol(by=receptionist, practitioner=doctor).encounter
    assert moved.specialty == ""
    emergency = Department.objects.get(code="ER")
    moved = transfer_encounter(encounter=moved, department=emergency, reason="Tells of violence", by=doctor)
    assert moved.specialty == "violence"
    back = transfer_encounter(encounter=moved, department=Department.objects.get(code="OPD"), reason="Back", by=doctor)
    assert back.specialty == "violence"  # a move never loosens it


def test_the_doctor_protects_and_opens_it_on_the_page_and_an_autosave_without_it_keeps_it(
    samaki, receptionist, doctor, client_for
):
    encounter = in_consultation(by=receptionist, doctor=doctor)
    client, page = client_for("doctor"), f"/clinic/encounters/{encounter.pk}/note/"

    def save(**fields):
        note = encounter.notes.first()
        sent = client.post(page, {"subjective": "a", "version": note.version if note else 0, **fields})
        encounter.refresh_from_db()
        return sent.status_code, encounter.specialty

    assert save(specialty="hiv") == (302, "hiv")
    assert save() == (302, "hiv")
    assert save(specialty="surgery") == (422, "hiv")
    assert "HIV care" in client.get(f"/clinic/encounters/{encounter.pk}/").content.decode()
    assert save(specialty="") == (302, "")
    changed = Record.objects.filter(table_name="clinical_encounter", kind="update", after__specialty="hiv").get()
    assert changed.actor == "doctor"


def test_an_administrator_says_who_works_in_it_and_the_trail_calls_it_a_permission(samaki, client_for, doctor2):
    client, page = client_for("admin"), f"/staff/{doctor2.pk}/"
    form = client.get(page).context["form"]
    sent = {name: value for name, value in form.initial.items() if value is not None}
    sent |= {"specialties": ["psychiatry"], "_once": str(uuid.uuid4())}
    assert client.post(page, sent).status_code == 302
    assert StaffProfile.objects.get(user=doctor2).specialties == ["psychiatry"]
    found = records(TrailFilter(kind="permission")).filter(table_name="accounts_staffprofile").first()
    assert (found.before["specialties"], found.after["specialties"]) == ([], ["psychiatry"])
    assert client.post(page, {**sent, "specialties": ["surgery"], "_once": str(uuid.uuid4())}).status_code == 422


@pytest.mark.parametrize(
    ("model", "value"),
    [(Department, {"specialty": "x"}), (Encounter, {"specialty": "x"}), (StaffProfile, {"specialties": ["x"]})],
)
def test_the_database_knows_the_specialisations(session_of_psychiatry, model, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**value)


def test_a_chart_asks_the_same_number_of_questions_with_and_without(session_of_psychiatry, client_for, query_count):
    client, counts = client_for("doctor2"), []
    for specialty in ("", "", "psychiatry"):
        Encounter.objects.update(specialty=specialty)
        with query_count() as queries:
            client.get(f"/patients/{session_of_psychiatry.patient_id}/")
        counts.append(queries.count)
    assert counts[1] >= counts[2]
