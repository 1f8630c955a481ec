"""The clinic's pages: who may, what is refused, what is kept."""

import uuid

import pytest
from django.db import connection

from audit.models import Record
from clinical.models import Allergy, Diagnosis, Encounter, Note, NoteRevision, VitalSigns
from clinical.services.encounters import start_encounter
from queueing.models import Ticket
from tests.factories.clinical import NORMAL, enrol, in_consultation
from tests.factories.queueing import department, make_patient, room


def once():
    return {"_once": str(uuid.uuid4())}


@pytest.fixture
def encounter(receptionist, doctor):
    return in_consultation(doctor=doctor, by=receptionist)


def page(encounter):
    return f"/clinic/encounters/{encounter.pk}/"


# --- Enrolment --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client_for, receptionist, doctor):
    """The enrolment page of a new patient, and what is typed into it."""
    patient = make_patient(by=receptionist)
    typed = {
        "kind": "outpatient",
        "branch": department().branch_id,
        "department": department().pk,
        "practitioner": doctor.pk,
        "payer": "self",
        "priority": "normal",
    }
    return client_for("receptionist"), f"/clinic/patients/{patient.pk}/enrol/", typed


def test_the_desk_enrols_a_patient_and_prints_the_number(desk):
    client, address, typed = desk
    assert client.get(address).status_code == 200
    answer = client.post(address, {**typed, **once()})
    encounter = Encounter.objects.get()
    assert answer["Location"] == f"{page(encounter)}enrolled/"
    shown = client.get(answer["Location"]).content.decode()
    assert encounter.ticket.label in shown
    assert f"/queue/tickets/{encounter.ticket_id}/slip/" in shown


def test_the_doctors_are_offered_with_how_many_wait(desk, receptionist, doctor):
    client, address, _ = desk
    for _ in range(2):
        enrol(by=receptionist, practitioner=doctor)
    assert f"{doctor} – 2 waiting" in client.get(address).content.decode()


def test_a_double_click_enrols_once(desk):
    client, address, typed = desk
    form = {**typed, **once()}
    first, second = client.post(address, form), client.post(address, form)
    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == Encounter.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "inpatient"),
        ("kind", "party"),
        ("department", "01890000-0000-7000-8000-000000000000"),
        ("department", "x"),
        ("branch", ""),
        ("practitioner", "7"),
        ("payer", "nobody"),
        ("priority", "vip"),
        ("priority", "returning"),
    ],
)
def test_bad_input_at_the_desk_is_refused_beside_the_field(desk, field, value):
    client, address, typed = desk
    answer = client.post(address, {**typed, field: value, **once()})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Encounter.objects.exists()


def test_a_department_that_does_not_fit_the_kind_and_a_nameless_insurer_are_refused(desk):
    client, address, typed = desk
    answer = client.post(address, {**typed, "kind": "laboratory", "payer": "insurance", **once()})
    assert set(answer.context["form"].errors) == {"department", "payer_note"}


def test_a_second_open_visit_is_refused_in_words(desk):
    client, address, typed = desk
    client.post(address, {**typed, **once()})
    answer = client.post(address, {**typed, **once()})
    assert answer.status_code == 422
    assert "already has an open visit" in answer.content.decode()


def test_changing_the_department_asks_for_the_fields_alone(desk):
    client, address, _ = desk
    answer = client.htmx(f"{address}fields/", {"department": department("ER").pk}, method="post", target="fields")
    text = answer.content.decode()
    assert "<html" not in text
    assert 'name="practitioner"' in text


# --- Triage -----------------------------------------------------------------------------------------------------------


def test_the_nurse_finds_the_patient_and_takes_vital_signs(client_for, receptionist):
    encounter = enrol(by=receptionist).encounter
    client = client_for("nurse")
    assert encounter.ticket.label in client.get("/clinic/triage/").content.decode()
    address = f"{page(encounter)}vitals/"
    assert client.get(address).status_code == 200
    answer = client.post(address, {**NORMAL, "temperature": "39.2", "priority": "normal", **once()})
    assert answer["Location"] == "/clinic/triage/"
    assert VitalSigns.objects.get().news2["total"] == 2
    shown = client.get("/clinic/triage/").content.decode()
    assert "NEWS2 2" in shown
    assert f"{page(encounter)}vitals/" in shown


def test_impossible_and_unusual_values_come_back_with_everything_typed(client_for, receptionist):
    encounter = enrol(by=receptionist).encounter
    client, address = client_for("nurse"), f"{page(encounter)}vitals/"
    answer = client.post(address, {**NORMAL, "temperature": "99", "pulse": "81", "priority": "normal", **once()})
    assert answer.status_code == 422
    assert 'value="81"' in answer.content.decode()
    asked = client.post(address, {**NORMAL, "pulse": "190", "priority": "normal", **once()})
    assert asked.status_code == 422
    assert "confirm_unusual" in asked.content.decode()
    assert not VitalSigns.objects.exists()
    client.post(address, {**NORMAL, "pulse": "190", "confirm_unusual": "on", "priority": "normal", **once()})
    assert VitalSigns.objects.count() == 1


def test_raising_the_priority_needs_a_reason_and_nothing_is_half_done(client_for, receptionist):
    encounter = enrol(by=receptionist).encounter
    client, address = client_for("nurse"), f"{page(encounter)}vitals/"
    answer = client.post(address, {**NORMAL, "priority": "emergency", **once()})
    assert "priority_reason" in answer.context["form"].errors
    assert not VitalSigns.objects.exists()


def test_passing_on_without_vital_signs_needs_a_reason(client_for, receptionist):
    encounter = enrol(by=receptionist).encounter
    client, address = client_for("nurse"), f"{page(encounter)}triage/refuse/"
    assert client.post(address, once()).status_code == 422
    assert client.post(address, {"reason": "refuses", **once()}).status_code == 302
    encounter.refresh_from_db()
    assert encounter.triaged_at


def test_the_triage_list_needs_no_more_statements_for_three_than_for_one(client_for, receptionist, query_count):
    client = client_for("nurse")
    enrol(by=receptionist)
    client.get("/clinic/triage/")
    with query_count() as one:
        client.get("/clinic/triage/")
    for _ in range(2):
        enrol(by=receptionist)
    with query_count() as three:
        client.get("/clinic/triage/")
    assert one.count == three.count


# --- The doctor's line ------------------------------------------------------------------------------------------------


def test_a_doctor_calls_starts_and_sends_for_tests_from_the_line(client_for, receptionist, doctor):
    done = enrol(by=receptionist, practitioner=doctor)
    client = client_for("doctor")
    assert done.ticket.label in client.get("/clinic/").content.decode()
    assert client.post(f"/clinic/queues/{done.ticket.queue_id}/call-next/", once())["Location"] == "/clinic/"
    assert client.post(f"{page(done.encounter)}recall/", once()).status_code == 302
    started = client.post(f"{page(done.encounter)}start/", once())
    assert started["Location"] == page(done.encounter)
    assert client.post(f"{page(done.encounter)}tests/", once()).status_code == 302
    done.encounter.refresh_from_db()
    assert done.encounter.status == "awaiting_results"


def test_skipping_and_returning_from_the_line(client_for, receptionist, doctor):
    done = enrol(by=receptionist, practitioner=doctor)
    client = client_for("doctor")
    assert client.post(f"{page(done.encounter)}skip/", once()).status_code == 422
    client.post(f"{page(done.encounter)}skip/", {"reason": "not here", **once()})
    assert Ticket.objects.get().status == "skipped"
    client.post(f"{page(done.encounter)}return/", once())
    assert Ticket.objects.get().status == "waiting"


def test_the_line_of_nobody_stands_on_every_doctors_list_of_the_place(client_for, receptionist):
    done = enrol(by=receptionist)
    assert done.encounter.practitioner is None
    for username in ("doctor", "doctor2"):
        page = client_for(username).get("/clinic/").content.decode()
        assert done.encounter.patient.mrn in page
        assert f"/clinic/encounters/{done.encounter.pk}/call/" in page


def test_an_empty_line_says_so(client_for, doctor):
    from tests.factories.queueing import make_queue

    queue, client = make_queue(practitioner=doctor), client_for("doctor")
    client.post(f"/clinic/queues/{queue.pk}/call-next/", once())
    assert "Nobody is waiting in this queue." in client.get("/clinic/").content.decode()


def test_the_line_needs_no_more_statements_for_three_than_for_one(client_for, receptionist, doctor, query_count):
    client = client_for("doctor")
    enrol(by=receptionist, practitioner=doctor)
    client.get("/clinic/")
    with query_count() as one:
        client.get("/clinic/")
    for _ in range(2):
        enrol(by=receptionist, practitioner=doctor)
    with query_count() as three:
        client.get("/clinic/")
    assert one.count == three.count
    assert three.count <= 20


# --- The encounter page -----------------------------------------------------------------------------------------------


def test_opening_an_encounter_is_recorded_as_reading(client_for, encounter):
    before = Record.objects.filter(kind="read", row_id=str(encounter.patient_id)).count()
    assert client_for("doctor").get(page(encounter)).status_code == 200
    assert Record.objects.filter(kind="read", row_id=str(encounter.patient_id)).count() == before + 1


def test_a_note_is_saved_while_typed_and_the_page_learns_its_version(client_for, encounter):
    client, address = client_for("doctor"), f"{page(encounter)}note/"
    headers = {"HX-Request": "true", "X-Autosave": "1"}
    first = client.post(address, {"subjective": "cou", "version": 0}, headers=headers)
    assert (first.status_code, first["X-Version"]) == (204, "2")
    second = client.post(address, {"subjective": "cough\r\nfever", "version": 2}, headers=headers)
    assert second["X-Version"] == "3"
    assert Note.objects.get().subjective == "cough\nfever"
    assert "cough\nfever" in client.get(page(encounter)).content.decode()


def test_a_second_tab_is_shown_both_texts_and_decides(client_for, encounter):
    client, address = client_for("doctor"), f"{page(encounter)}note/"
    headers = {"HX-Request": "true", "X-Autosave": "1"}
    client.post(address, {"subjective": "first tab", "version": 0}, headers=headers)
    answer = client.post(address, {"subjective": "second tab", "version": 0}, headers=headers)
    assert answer.status_code == 409
    assert "first tab" in answer.content.decode()
    whole = client.post(address, {"subjective": "second tab", "version": 0})
    assert whole.status_code == 409
    assert all(text in whole.content.decode() for text in ("first tab", "second tab"))
    kept = client.post(address, {"subjective": "second tab", "version": 0, "overwrite": "True"})
    assert kept.status_code == 302
    assert Note.objects.get().subjective == "second tab"
    assert NoteRevision.objects.get().subjective == "first tab"


def test_without_javascript_saving_leads_back_to_the_page(client_for, encounter):
    answer = client_for("doctor").post(f"{page(encounter)}note/", {"subjective": "cough", "version": 0})
    assert answer["Location"] == page(encounter)


def test_signing_saves_what_is_on_the_page_and_closes_it(client_for, encounter):
    client = client_for("doctor")
    form = {"subjective": "cough", "plan": "rest", "version": 0, **once()}
    answers = [client.post(f"{page(encounter)}note/sign/", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    note = Note.objects.get()
    assert (note.is_signed, note.plan) == (True, "rest")
    text = client.get(page(encounter)).content.decode()
    assert "Signed by" in text
    assert 'id="note-form"' not in text
    late = client.post(f"{page(encounter)}note/", {"subjective": "other", "version": note.version})
    assert late.status_code == 409
    add = client.post(f"/clinic/notes/{note.pk}/addendum/", {"text": "phoned", **once()})
    assert add.status_code == 302
    assert "phoned" in client.get(page(encounter)).content.decode()


def test_an_empty_note_cannot_be_signed(client_for, encounter):
    answer = client_for("doctor").post(f"{page(encounter)}note/sign/", {"version": 0, **once()})
    assert answer.status_code == 409
    assert "nothing to sign" in answer.content.decode()
    assert not Note.objects.filter(status="signed").exists()


def test_a_note_that_is_too_long_is_refused_and_kept_on_the_page(client_for, encounter):
    text = "x" * 20_001
    answer = client_for("doctor").post(f"{page(encounter)}note/", {"subjective": text, "version": 0})
    assert answer.status_code == 422
    assert text in answer.content.decode()


def test_a_diagnosis_is_found_by_words_and_drawn_into_its_section(client_for, encounter):
    client = client_for("doctor")
    found = client.get("/clinic/diagnoses/options/?q=dengue").content.decode()
    assert "A9" in found
    answer = client.htmx(
        f"{page(encounter)}diagnoses/",
        {"code": "A90", "role": "primary", "certainty": "confirmed", "case_kind": "new", **once()},
        method="post",
        target="diagnoses",
    )
    assert answer.status_code == 302
    section = client.htmx(answer["Location"], target="diagnoses").content.decode()
    assert "<html" not in section
    assert "A90" in section
    diagnosis = Diagnosis.objects.get()
    client.post(f"/clinic/diagnoses/{diagnosis.pk}/withdraw/", once())
    assert Diagnosis.objects.get().status == "entered_in_error"


def test_an_unknown_code_is_refused_beside_its_field(client_for, encounter):
    typed = {"code": "nonsense zzz", "role": "primary", "certainty": "confirmed", "case_kind": "new", **once()}
    answer = client_for("doctor").post(f"{page(encounter)}diagnoses/", typed)
    assert answer.status_code == 422
    assert "not a code of ICD-10" in answer.content.decode()
    assert not Diagnosis.objects.exists()


def test_allergies_stand_in_the_banner_and_are_ended_with_a_reason(client_for, encounter):
    client = client_for("doctor")
    assert "Allergies not asked yet" in client.get(page(encounter)).content.decode()
    typed = {"substance_text": "amoxicillin", "kind": "medicine", "severity": "severe", "reaction": "rash", **once()}
    assert client.post(f"{page(encounter)}allergies/", typed).status_code == 302
    assert "Allergies: amoxicillin" in client.get(page(encounter)).content.decode()
    allergy = Allergy.objects.get()
    assert allergy.atc_code == "J01CA04"
    end = f"{page(encounter)}allergies/{allergy.pk}/end/"
    assert client.post(end, {"status": "resolved", **once()}).status_code == 422
    assert client.post(end, {"status": "resolved", "reason": "tolerated since", **once()}).status_code == 302


def test_problems_and_history_are_added(client_for, encounter):
    client = client_for("doctor")
    assert client.post(f"{page(encounter)}problems/", {"text": "", "since_year": "3000", **once()}).status_code == 422
    assert (
        client.post(f"{page(encounter)}problems/", {"text": "Asthma", "since_year": "2019", **once()}).status_code
        == 302
    )
    client.post(f"{page(encounter)}history/", {"kind": "surgical", "text": "Appendectomy 2001", **once()})
    text = client.get(page(encounter)).content.decode()
    assert "Asthma" in text
    assert "Appendectomy 2001" in text


def test_finishing_asks_for_what_is_missing_and_then_leads_to_the_line(client_for, encounter):
    client, finish = client_for("doctor"), f"{page(encounter)}finish/"
    refused = client.post(finish, {"disposition": "home", **once()})
    assert refused.status_code == 422
    assert "Sign the note first" in refused.content.decode()
    client.post(f"{page(encounter)}note/sign/", {"subjective": "well", "version": 0, **once()})
    refused = client.post(finish, {"disposition": "home", **once()})
    assert "no_diagnosis_reason" in refused.context["finish_form"].errors
    refer = client.post(finish, {"disposition": "refer", "no_diagnosis_reason": "x", **once()})
    assert "disposition_note" in refer.context["finish_form"].errors
    done = client.post(finish, {"disposition": "home", "no_diagnosis_reason": "check-up", **once()})
    assert done["Location"] == "/clinic/"
    encounter.refresh_from_db()
    assert encounter.status == "finished"
    assert "check-up" in client.get(page(encounter)).content.decode()


def test_the_page_of_a_patient_with_a_long_past_needs_no_more_statements(
    client_for, receptionist, doctor, encounter, query_count
):
    client = client_for("doctor")
    client.get(page(encounter))
    with query_count() as one:
        client.get(page(encounter))
    for code in ("ER", "LAB"):
        kind = "laboratory" if code == "LAB" else "outpatient"
        enrol(by=receptionist, patient=encounter.patient, code=code, kind=kind)
    with query_count() as three:
        client.get(page(encounter))
    assert three.count <= one.count + 1  # the diagnoses of earlier encounters, however many there are


def test_leaving_transfer_and_error_from_the_page(client_for, receptionist, doctor, doctor2):
    encounter = enrol(by=receptionist, practitioner=doctor).encounter
    client = client_for("receptionist")
    transfer = f"{page(encounter)}transfer/"
    assert client.get(transfer).status_code == 200
    assert client.post(transfer, once()).status_code == 422
    moved = client.post(
        transfer, {"department": department().pk, "practitioner": doctor2.pk, "reason": "shorter line", **once()}
    )
    assert moved.status_code == 302
    assert client.post(f"{page(encounter)}leave/", once()).status_code == 422
    assert client.post(f"{page(encounter)}leave/", {"reason": "went home", **once()}).status_code == 302
    encounter.refresh_from_db()
    assert encounter.status == "left"


def test_a_wrong_encounter_is_marked_by_its_doctor(client_for, encounter):
    client = client_for("doctor")
    assert client.post(f"{page(encounter)}void/", {"reason": "wrong patient", **once()}).status_code == 302
    encounter.refresh_from_db()
    assert encounter.status == "entered_in_error"


# --- Rights -----------------------------------------------------------------------------------------------------------

ACTS = {
    "note/": "note:write",
    "note/sign/": "note:write",
    "diagnoses/": "diagnosis:record",
    "finish/": "encounter:conduct",
    "start/": "encounter:conduct",
    "tests/": "encounter:conduct",
    "vitals/": "vitals:record",
    "allergies/": "allergy:record",
    "leave/": "encounter:leave",
    "void/": "encounter:void",
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["cashier", "accountant", "labtech"])
def test_who_is_not_of_the_clinic_may_not_act(client_for, encounter, who, act):
    assert client_for(who).post(f"{page(encounter)}{act}", once()).status_code == 403


def test_the_desk_neither_reads_encounters_nor_sees_the_doctors_line(client_for, encounter):
    client = client_for("receptionist")
    assert client.get(page(encounter)).status_code == 403
    assert client.get("/clinic/").status_code == 403


def test_the_laboratory_reads_the_page_without_the_note(client_for, encounter, doctor):
    client_for("doctor").post(f"{page(encounter)}note/", {"subjective": "private words", "version": 0})
    text = client_for("labtech").get(page(encounter)).content.decode()
    assert "private words" not in text
    assert 'id="note"' not in text


def test_a_restricted_patient_does_not_exist_for_the_laboratory(client_for, receptionist, doctor):
    patient = make_patient(by=receptionist, confidentiality="restricted")
    encounter = enrol(by=receptionist, practitioner=doctor, patient=patient).encounter
    start_encounter(encounter=encounter, room=room(), by=doctor)
    assert client_for("doctor").get(page(encounter)).status_code == 200
    assert client_for("labtech").get(page(encounter)).status_code == 404


def test_an_encounter_of_samaki_does_not_exist_at_royal(client_for, encounter):
    client = client_for("doctor", hospital="royal")
    assert client.get(page(encounter)).status_code == 404
    assert client.post(f"{page(encounter)}note/", {"subjective": "x", "version": 0}).status_code == 404


def test_foreign_ids_are_404(client_for, doctor):
    client = client_for("doctor")
    unknown = "01890000-0000-7000-8000-000000000000"
    for address in (f"/clinic/encounters/{unknown}/", f"/clinic/patients/{unknown}/enrol/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/clinic/diagnoses/{unknown}/withdraw/", once()).status_code == 404


def test_the_pages_speak_khmer_and_chinese(client_for, encounter):
    for language in ("km", "zh-hans"):
        client = client_for("doctor")
        client.cookies["django_language"] = language
        answer = client.get(page(encounter))
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.content.decode().lower()


def test_what_was_typed_never_reaches_the_trail_in_clear(client_for, encounter):
    client_for("doctor").post(f"{page(encounter)}note/", {"subjective": "very secret words", "version": 0})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_record WHERE audit_record::text LIKE '%very secret words%'")
        assert cursor.fetchone()[0] == 0


def test_a_call_stays_within_its_statements(client_for, receptionist, doctor, query_count):
    done = enrol(by=receptionist, practitioner=doctor)
    client = client_for("doctor")
    client.get("/clinic/")
    with query_count() as queries:
        client.post(f"/clinic/queues/{done.ticket.queue_id}/call-next/", once())
    assert queries.count <= 16
