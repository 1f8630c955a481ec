"""Who may see which patient: levels, treating relationships, the desk's steps, and the broken glass."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import Assignment, Branch, Department, User
from clinical.services.notes import save_draft, sign_note
from clinical.services.triage import record_vitals
from core import clock
from core.preferences import set_preference
from notifications.models import Notice
from patients.access import Sight, sight_of
from patients.errors import GlassNeedsNoBreaking, GlassReasonMissing
from patients.models import AccessGrant
from patients.queries import search_patients, visible_patients, visible_visits
from patients.services.glass import break_glass
from tests.factories.clinical import enrol, in_consultation, price_consultations
from tests.factories.patients import patient as make_patient

WHY = {"reason": "emergency", "explanation": "Unconscious in the emergency room"}
LEVELS = ("normal", "restricted", "very_restricted")


@pytest.fixture(autouse=True)
def prices(samaki):
    price_consultations()


def once(**fields):
    return {"_once": str(uuid.uuid4()), **fields}


def guarded(level="very_restricted", **facts):
    """Somebody registered on another day: whoever registers sees the record until the evening."""
    person = make_patient(confidentiality=level, **facts)
    type(person).objects.filter(pk=person.pk).update(created_at=clock.now() - timedelta(days=3))
    return person


@pytest.mark.parametrize(
    ("level", "sees"),
    [
        (
            "normal",
            {"owner", "admin", "doctor", "nurse", "receptionist", "cashier", "labtech", "accountant", "auditor"},
        ),
        ("restricted", {"owner", "admin", "doctor", "nurse", "auditor"}),
        ("very_restricted", set()),
    ],
)
def test_a_level_is_seen_by_the_roles_it_is_open_to(samaki, staff, client_for, level, sees):
    person = guarded(level, family_name="Veasna")
    for name in ("owner", "admin", "doctor", "nurse", "receptionist", "cashier", "labtech", "accountant", "auditor"):
        client = client_for(name)
        assert client.get(f"/patients/{person.pk}/").status_code == (200 if name in sees else 404), name
        assert ("Veasna" in client.get("/patients/?q=veasna").content.decode()) is (name in sees), name
        assert ("Veasna" in client.get("/patients/").content.decode()) is (name in sees), name


def test_the_attending_doctor_sees_the_patient_for_thirty_days(samaki, receptionist, doctor, doctor2, clock):
    price_consultations()
    person = guarded()
    enrol(by=receptionist, patient=person, practitioner=doctor)
    assert visible_patients(doctor).filter(pk=person.pk).exists()
    assert not visible_patients(doctor2).filter(pk=person.pk).exists()
    assert visible_visits(doctor).filter(patient=person).exists()
    assert not visible_visits(doctor2).filter(patient=person).exists()


def test_treating_ends_after_the_hospitals_window(samaki, receptionist, doctor, admin, clock):
    price_consultations()
    person = guarded()
    encounter = in_consultation(by=receptionist, patient=person, doctor=doctor)
    note = save_draft(encounter=encounter, texts={"subjective": "Cough"}, version=0, by=doctor)
    sign_note(encounter=encounter, version=note.version, by=doctor)
    from clinical.services.encounters import finish_encounter
    from patients.services.visits import close_visit

    encounter.refresh_from_db()
    finish_encounter(encounter=encounter, disposition="home", no_diagnosis_reason="Check-up", by=doctor)
    encounter.visit.refresh_from_db()
    if encounter.visit.is_open:
        close_visit(visit=encounter.visit, by=doctor)
    clock.advance(days=30)
    assert visible_patients(doctor).filter(pk=person.pk).exists()
    clock.advance(days=1)
    assert not visible_patients(doctor).filter(pk=person.pk).exists()
    set_preference("patients.treating_days", 60, by=admin)
    assert visible_patients(doctor).filter(pk=person.pk).exists()


def test_whoever_triaged_treats(samaki, receptionist, nurse, doctor):
    person = guarded()
    encounter = enrol(by=receptionist, patient=person, practitioner=doctor).encounter
    assert not visible_patients(nurse).filter(pk=person.pk).exists()
    record_vitals(encounter=encounter, values={"temperature": Decimal("36.8")}, by=nurse)
    assert visible_patients(nurse).filter(pk=person.pk).exists()


def test_the_nurse_measures_a_patient_whose_chart_is_closed_to_her(samaki, client_for, receptionist, doctor):
    person = guarded(family_name="Veasna")
    encounter = enrol(by=receptionist, patient=person, practitioner=doctor).encounter
    client = client_for("nurse")
    assert "Veasna" in client.get("/clinic/triage/").content.decode()
    assert client.get(f"/clinic/encounters/{encounter.pk}/vitals/").status_code == 200
    assert client.get(f"/patients/{person.pk}/").status_code == 404
    assert client.get(f"/clinic/encounters/{encounter.pk}/").status_code == 404


def test_the_department_treats_only_where_the_hospital_says_so(samaki, receptionist, doctor, doctor2, admin):
    person = guarded()
    enrol(by=receptionist, patient=person, practitioner=doctor)
    assert not visible_patients(doctor2).filter(pk=person.pk).exists()
    set_preference("patients.department_treats", True, by=admin)
    assert visible_patients(doctor2).filter(pk=person.pk).exists()


def test_the_desk_enrols_somebody_whose_record_is_closed_and_whose_number_it_knows(samaki, client_for):
    person = guarded(family_name="Veasna")
    desk = client_for("receptionist")
    answer = desk.get(f"/patients/?q={person.mrn}")
    assert answer["Location"].startswith("/patients/guarded/?find=")
    page = desk.get(answer["Location"]).content.decode()
    assert "Veasna" not in page
    enrolment = re.search(rf'href="(/clinic/patients/{person.pk}/enrol/\?find=[^"]+)"', page)[1]
    assert person.mrn not in enrolment
    assert desk.get(enrolment).status_code == 200
    assert desk.get(f"/clinic/patients/{person.pk}/enrol/?number={person.mrn}").status_code == 200
    assert desk.get(f"/clinic/patients/{person.pk}/enrol/").status_code == 404
    assert desk.get(f"/clinic/patients/{person.pk}/enrol/?number=P999999").status_code == 404
    assert desk.get("/patients/guarded/?number=P999999").status_code == 404


def test_a_doctor_does_not_enrol_into_a_closed_record_to_open_it(samaki, client_for):
    person = guarded()
    client = client_for("doctor2")
    assert client.get(f"/clinic/patients/{person.pk}/enrol/?number={person.mrn}").status_code == 404
    assert client.post(f"/clinic/patients/{person.pk}/enrol/?number={person.mrn}", once()).status_code == 404


def test_a_line_shows_the_number_and_not_the_name(samaki, client_for, receptionist, doctor):
    person = guarded(family_name="Veasna")
    ticket = enrol(by=receptionist, patient=person, practitioner=doctor).ticket
    for name, knows in (("doctor", True), ("nurse", False), ("cashier", False)):
        page = client_for(name).get(f"/queue/{ticket.queue_id}/").content.decode()
        assert ticket.label in page
        assert ("Veasna" in page) is knows, name
        assert ("Veasna" in client_for(name).get(f"/queue/tickets/{ticket.pk}/").content.decode()) is knows, name


def test_a_family_does_not_name_its_closed_head(samaki, client_for):
    head = guarded(family_name="Veasna")
    member = make_patient(family=head.family, family_name="Chan")
    desk = client_for("receptionist")
    page = desk.get(f"/patients/families/{head.family_id}/").content.decode()
    assert member.full_name in page
    assert "Veasna" not in page
    assert "Veasna" not in desk.get("/patients/families/options/?q=chan").content.decode()


def test_menu_counts_do_not_tell_of_closed_records(samaki, client_for, receptionist, doctor):
    before = client_for("auditor").get("/menu-counts/").content
    enrol(by=receptionist, patient=guarded(), practitioner=doctor)
    assert client_for("auditor").get("/menu-counts/").content == before


# --- Notes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "readers"),
    [("normal", {"doctor", "doctor2", "auditor"}), ("restricted", {"doctor", "doctor2", "auditor"})]
    + [("very_restricted", {"doctor"})],
)
def test_a_note_has_a_level_of_its_own(samaki, client_for, receptionist, doctor, level, readers):
    encounter = in_consultation(by=receptionist, doctor=doctor)
    page = f"/clinic/encounters/{encounter.pk}/"
    words = {"subjective": "private words", "version": 0, "confidentiality": level}
    assert client_for("doctor").post(f"{page}note/", words).status_code == 302
    note = encounter.notes.get()
    assert note.confidentiality == level
    for name in ("doctor", "doctor2", "auditor"):
        assert ("private words" in client_for(name).get(page).content.decode()) is (name in readers), name
    sign_note(encounter=encounter, version=note.version, by=doctor)
    expected = 302 if "doctor2" in readers else 404
    answer = client_for("doctor2").post(f"/clinic/notes/{note.pk}/addendum/", once(text="And more"))
    assert answer.status_code == expected


def test_an_autosave_without_the_level_keeps_it(samaki, client_for, receptionist, doctor):
    encounter = in_consultation(by=receptionist, doctor=doctor)
    page = f"/clinic/encounters/{encounter.pk}/note/"
    client = client_for("doctor")
    client.post(page, {"subjective": "a", "version": 0, "confidentiality": "restricted"})
    client.post(page, {"subjective": "b", "version": encounter.notes.get().version})
    assert encounter.notes.get().confidentiality == "restricted"


# --- Places -----------------------------------------------------------------------------------------------------------


def test_a_role_bound_to_a_department_narrows_the_worklists(samaki, client_for, receptionist, nurse, doctor):
    enrol(by=receptionist, patient=make_patient(family_name="Veasna"), practitioner=doctor)
    emergency = Department.objects.get(code="ER")
    nurse.assignments.update(department=emergency)
    client = client_for("nurse")
    assert "Veasna" not in client.get("/clinic/triage/").content.decode()
    assert client.get("/queue/").status_code == 200
    nurse.assignments.update(department=Department.objects.get(code="OPD"))
    assert "Veasna" in client_for("nurse").get("/clinic/triage/").content.decode()


def test_a_department_is_in_a_branch(samaki, nurse):
    from accounts.queries import branches_of

    other = Branch.objects.create(code="B2", name_en="Second", name_km="Second", name_zh_hans="Second")
    nurse.assignments.update(department=Department.objects.get(code="ER"))
    assert other not in branches_of(User.objects.get(pk=nurse.pk))
    Assignment.objects.create(user=nurse, role=nurse.assignments.get().role, branch=other)
    assert other in branches_of(User.objects.get(pk=nurse.pk))


# --- SQL --------------------------------------------------------------------------------------------------------------


def test_a_search_probes_the_small_index_of_guarded_patients(samaki, doctor, query_count):
    guarded(family_name="Veasna")
    make_patient(family_name="Veasna", given_name="Open")
    with query_count() as queries:
        assert [one.given_name for one in search_patients(doctor, "veasna")] == ["Open"]
    statement = next(one for one in queries.statements if "patients_searchtoken" in one and "AS tier_0" in one)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "patient_guarded" in plan
    assert not re.search(r"Seq Scan on patients_patient", plan)


def test_sight_is_read_once_a_request(samaki, doctor, query_count):
    doctor.is_present = True
    sight_of(doctor)
    with query_count() as queries:
        assert isinstance(sight_of(doctor), Sight)
    assert queries.count == 0


# --- Breaking the glass -----------------------------------------------------------------------------------------------


def broken(client, person, **changes):
    return client.post(f"/patients/guarded/?number={person.mrn}", once(**{**WHY, **changes}))


def test_a_doctor_breaks_the_glass_for_an_hour_and_the_privacy_officer_is_told(samaki, client_for, doctor2, clock):
    person = guarded(family_name="Veasna")
    client = client_for("doctor2")
    chart = f"/patients/{person.pk}/"
    assert client.get(chart).status_code == 404
    assert client.get(f"/patients/?q={person.mrn}")["Location"].startswith("/patients/guarded/?find=")
    assert "Veasna" not in client.get(f"/patients/guarded/?number={person.mrn}").content.decode()
    assert broken(client, person)["Location"] == chart
    page = client.get(chart).content.decode()
    assert "Veasna" in page
    assert "data-glass" in page
    assert f"/patients/{person.pk}/edit/" not in page
    told = Notice.objects.filter(kind="privacy").values_list("user__username", flat=True)
    assert set(told) == {"owner", "auditor"}
    assert Notice.objects.filter(kind="privacy", urgent=True).first().params == {"mrn": person.mrn, "login": "doctor2"}
    clock.advance(minutes=59)
    assert client.get(chart).status_code == 200
    clock.advance(minutes=1)
    assert client.get(chart).status_code == 404
    grant = AccessGrant.objects.get()
    assert (grant.user, grant.patient, grant.reason) == (doctor2, person, "emergency")
    assert grant.expires_at - grant.opened_at == timedelta(minutes=60)


def test_behind_broken_glass_nothing_can_be_changed(samaki, client_for, receptionist, doctor):
    person = guarded()
    encounter = in_consultation(by=receptionist, patient=person, doctor=doctor)
    client = client_for("doctor2")
    broken(client, person)
    assert client.get(f"/clinic/encounters/{encounter.pk}/").status_code == 200
    acts = [
        f"/clinic/encounters/{encounter.pk}/note/",
        f"/clinic/encounters/{encounter.pk}/diagnoses/",
        f"/clinic/encounters/{encounter.pk}/finish/",
        f"/laboratory/encounters/{encounter.pk}/orders/new/",
        f"/pharmacy/encounters/{encounter.pk}/items/new/",
        f"/clinic/patients/{person.pk}/enrol/",
        f"/patients/{person.pk}/edit/",
    ]
    for act in acts:
        answer = client.post(act, once(subjective="x", version=0))
        assert answer.status_code == 403, act
        assert "can only be read" in answer.content.decode(), act
    assert not encounter.notes.exists()


def test_behind_broken_glass_what_is_being_written_is_read_as_text(samaki, client_for, receptionist, doctor):
    person = guarded()
    encounter = in_consultation(by=receptionist, patient=person, doctor=doctor)
    save_draft(encounter=encounter, texts={"subjective": "found unconscious"}, version=0, by=doctor)
    client = client_for("doctor2")
    broken(client, person)
    page = client.get(f"/clinic/encounters/{encounter.pk}/").content.decode().partition("<main")[2]
    assert '<p class="note-text">found unconscious</p>' in page
    for part in ("<textarea", "<select", "rx-search", "lab-search", "Finish the consultation", "<form"):
        assert part not in page.partition("</main>")[0], part
    own = client_for("doctor").get(f"/clinic/encounters/{encounter.pk}/").content.decode()
    assert "Finish the consultation" in own


@pytest.mark.parametrize("name", ["receptionist", "cashier", "owner", "auditor"])
def test_others_do_not_break_the_glass(samaki, client_for, name):
    person = guarded()
    client = client_for(name)
    assert broken(client, person).status_code == 404
    assert not AccessGrant.objects.exists()
    assert client.get(f"/patients/{person.pk}/").status_code == 404


def test_a_reason_is_needed(samaki, client_for, doctor2):
    person = guarded()
    client = client_for("doctor2")
    assert broken(client, person, explanation="short").status_code == 422
    assert broken(client, person, reason="curiosity").status_code == 422
    with pytest.raises(GlassReasonMissing):
        break_glass(patient=person, reason="other", explanation=" " * 20, by=doctor2)
    with pytest.raises(GlassNeedsNoBreaking):
        break_glass(patient=make_patient(), by=doctor2, **WHY)
    assert not AccessGrant.objects.exists()


def test_the_hospital_may_shorten_the_time_and_not_lengthen_it(samaki, admin, doctor2):
    from django.core.exceptions import ValidationError

    set_preference("patients.glass_minutes", 10, by=admin)
    grant = break_glass(patient=guarded(), by=doctor2, **WHY)
    assert grant.expires_at - grant.opened_at == timedelta(minutes=10)
    with pytest.raises(ValidationError):
        set_preference("patients.glass_minutes", 61, by=admin)


def test_the_database_keeps_a_grant_short_single_and_unchanged(samaki, doctor2):
    grant = break_glass(patient=guarded(), by=doctor2, **WHY)
    facts = {name: getattr(grant, name) for name in ("patient", "user", "user_name", "role", "confidentiality")}
    facts |= {"reason": "other", "explanation": "by another way"}
    longer = {"opened_at": grant.expires_at, "expires_at": grant.expires_at + timedelta(minutes=61)}
    with pytest.raises(IntegrityError, match="within_an_hour"), transaction.atomic():
        AccessGrant.objects.create(**facts, **longer)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        AccessGrant.objects.create(**facts, opened_at=grant.opened_at, expires_at=grant.expires_at)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE patients_accessgrant SET expires_at = expires_at + interval '1 minute'")


def test_two_windows_break_the_glass_once(committed_db, staff, race):
    doctor2, person = staff("doctor2"), guarded()
    outcome = race(lambda: break_glass(patient=person, by=doctor2, **WHY), times=6)
    assert outcome.errors == []
    assert len({grant.pk for grant in outcome.results}) == 1
    assert AccessGrant.objects.count() == 1
    assert Notice.objects.filter(kind="privacy").count() == 2


def test_the_list_is_for_whoever_oversees_privacy(samaki, client_for, doctor2):
    person = guarded()
    break_glass(patient=person, by=doctor2, **WHY)
    for name, answer in (("owner", 200), ("auditor", 200), ("admin", 403), ("doctor2", 403)):
        assert client_for(name).get("/patients/grants/").status_code == answer, name
    page = client_for("auditor").get("/patients/grants/").content.decode()
    assert person.mrn in page
    assert WHY["explanation"] in page


def test_reading_behind_broken_glass_is_recorded(samaki, client_for):
    from audit.models import Record

    person = guarded()
    client = client_for("doctor2")
    broken(client, person)
    client.get(f"/patients/{person.pk}/")
    read = Record.objects.filter(kind="read", row_id=str(person.pk), actor="doctor2")
    assert read.exists()
    assert Record.objects.filter(kind="event", row_id=str(person.pk), after__event="glass_broken").exists()
