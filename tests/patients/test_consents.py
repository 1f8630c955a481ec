"""Consents: what a patient agreed to, to which text, and what may be sent or shared because of it."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse
from django_tenants.utils import schema_context

from audit.models import Record
from core.ids import new_id
from core.models.base import AppendOnlyError
from patients.consents import may_contact, may_contact_all, may_keep_photo, may_share, withhold
from patients.errors import ConsentNotGiven, ConsentWithheld, GuardianMissing
from patients.models import Consent, Patient
from patients.queries.consents import current_texts, standings_of
from patients.services.consents import publish_text, record_consent
from patients.services.documents import set_photo
from patients.states import ConsentPurpose, Ground
from tests.factories.patients import patient
from tests.patients.test_documents import picture
from tests.patients.test_screens import filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def decide(receptionist):
    """``decide(person, "campaigns", "permit")`` notes a decision about the present text."""

    def note(person, purpose, decision, **facts):
        text = current_texts()[purpose]
        return record_consent(
            patient=person, text=text, decision=decision, by=receptionist, **{"method": "paper", **facts}
        )

    return note


def publish(purpose, by, *, asks_anew=False):
    words = {f"{name}_{language}": "Words" for name in ("title", "text") for language in ("en", "km", "zh_hans")}
    return publish_text(purpose=purpose, asks_anew=asks_anew, by=by, **words)


# --- What follows -----------------------------------------------------------------------------------------------------


def test_a_new_hospital_has_a_first_text_for_every_purpose_in_three_languages(samaki):
    texts = current_texts()
    assert texts.keys() == set(ConsentPurpose.values)
    for text in texts.values():
        assert text.version == 1
        assert all([text.title_en, text.title_km, text.title_zh_hans, text.text_en, text.text_km, text.text_zh_hans])


def test_care_needs_no_paper_and_campaigns_do(samaki, decide):
    person = patient()
    assert may_contact(person, "reminders").ground == Ground.UNLESS_REFUSED
    assert (bool(may_contact(person, "campaigns")), may_contact(person, "campaigns").ground) == (False, "not_asked")
    assert not may_share(person, "share_insurer")
    decide(person, "campaigns", "permit")
    decide(person, "share_insurer", "permit")
    decide(person, "reminders", "deny")
    assert may_contact(person, "campaigns")
    assert may_share(person, "share_insurer")
    assert not may_share(person, "share_facility")
    assert may_contact(person, "reminders").why == "The patient has refused"


def test_the_last_decision_stands_and_every_one_stays(samaki, decide):
    person = patient()
    for decision in ("permit", "withdrawn", "permit"):
        decide(person, "research", decision)
    assert may_share(person, "research")
    decide(person, "research", "withdrawn")
    assert may_share(person, "research").ground == Ground.WITHDRAWN
    assert [one.decision for one in person.consents.order_by("id")] == ["permit", "withdrawn", "permit", "withdrawn"]


def test_a_new_text_asks_again_only_where_the_hospital_says_so(samaki, decide, admin):
    person, refuses = patient(), patient()
    decide(person, "campaigns", "permit")
    decide(refuses, "campaigns", "deny")
    publish("campaigns", admin)
    assert may_contact(person, "campaigns")
    newest = publish("campaigns", admin, asks_anew=True)
    assert newest.version == 3
    assert may_contact(person, "campaigns").ground == Ground.ASK_AGAIN
    assert may_contact(refuses, "campaigns").ground == Ground.REFUSED
    assert [one.answer.ground for one in standings_of(person) if one.purpose == "campaigns"] == [Ground.ASK_AGAIN]
    decide(person, "campaigns", "permit")
    assert may_contact(person, "campaigns")


def test_nobody_writes_to_the_dead(samaki, decide):
    person = patient()
    decide(person, "campaigns", "permit")
    person.deceased_on = date(2026, 1, 1)
    person.save()
    assert may_contact(person, "campaigns").ground == Ground.DECEASED


def test_a_thousand_are_asked_about_in_two_statements(samaki, decide, query_count):
    people = [patient() for _ in range(3)]
    decide(people[0], "campaigns", "permit")
    with query_count() as queries:
        answers = may_contact_all(people, "campaigns")
    assert queries.count == 2
    assert [bool(answers[one.pk]) for one in people] == [True, False, False]


def test_what_was_withheld_stands_in_the_trail_with_its_ground(samaki):
    person = patient()
    withhold(person, "campaigns", may_contact(person, "campaigns"), "new year")
    noted = Record.objects.filter(kind="event", row_id=str(person.pk)).latest("id").after
    assert noted == {"event": "withheld", "what": "new year", "purpose": "campaigns", "why": "not_asked"}


def test_a_kind_of_message_that_nobody_decided_about_is_a_mistake_of_the_program(samaki):
    person = patient()
    for ask, purpose in ((may_contact, "treatment"), (may_share, "campaigns")):
        with pytest.raises(ValueError, match=purpose):
            ask(person, purpose)


def test_who_wants_no_photo_has_none(samaki, decide, receptionist):
    person = patient()
    set_photo(patient=person, file=picture(), by=receptionist)
    decide(person, "photo", "deny")
    person.refresh_from_db()
    assert person.photo is None
    assert not person.documents.filter(kind="photo", removed_at=None).exists()
    assert not may_keep_photo(person)
    with pytest.raises(ConsentWithheld, match="refused"):
        set_photo(patient=person, file=picture(), by=receptionist)


def test_a_refused_photo_is_said_beside_the_field(samaki, decide, client_for):
    person = patient()
    decide(person, "photo", "deny")
    sent = SimpleUploadedFile("a.png", picture().getvalue(), content_type="image/png")
    address = reverse("patients:photo-change", args=[person.pk])
    answer = client_for("receptionist").post(address, {"_once": str(uuid4()), "file": sent})
    assert answer.status_code == 422
    assert "The patient has refused" in answer.content.decode()


# --- Who decides ------------------------------------------------------------------------------------------------------


def test_a_guardian_decides_for_a_child(samaki, decide):
    child = patient(birth_date=date(2020, 5, 1))
    with pytest.raises(GuardianMissing):
        decide(child, "campaigns", "permit")
    noted = decide(
        child, "campaigns", "permit", given_by="guardian", guardian_name="Sok Chanthy", guardian_relation="mother"
    )
    assert noted.giver_in_words == "Sok Chanthy (Mother)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT guardian_name FROM patients_consent WHERE id = %s", [noted.pk])
        assert cursor.fetchone()[0].startswith("v1:")


def test_nothing_is_withdrawn_that_was_not_given(samaki, decide):
    person = patient()
    with pytest.raises(ConsentNotGiven):
        decide(person, "research", "withdrawn")
    decide(person, "research", "deny")
    with pytest.raises(ConsentNotGiven):
        decide(person, "research", "withdrawn")


# --- What the database keeps ------------------------------------------------------------------------------------------


def test_a_decision_and_a_text_are_never_changed_or_removed(samaki, decide):
    noted = decide(patient(), "research", "permit")
    with pytest.raises(AppendOnlyError):
        noted.save()
    for row in (noted, noted.text):
        for act in ("UPDATE {} SET created_at = now()", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            with pytest.raises(Exception, match=r"denied|append"), transaction.atomic(), connection.cursor() as sql:
                sql.execute(act.format(row._meta.db_table))


def test_the_database_knows_the_order_the_guardian_and_the_witness(samaki, receptionist):
    person, texts = patient(), current_texts()
    facts = {"patient": person, "method": "paper", "recorded_by": receptionist, "text": texts["research"]}
    facts |= {"purpose": "research", "decision": "permit"}
    wrong = [
        {"decision": "withdrawn"},
        {"purpose": "photo"},
        {"given_by": "guardian"},
        {"guardian_relation": "mother"},
        {"guardian_name": "Sok"},
        {"witness": receptionist},
        {"method": "guessed"},
    ]
    for change in wrong:
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            Consent.objects.create(**{**facts, **change})
    Consent.objects.create(**facts)


# --- Screens ----------------------------------------------------------------------------------------------------------


def test_the_desk_notes_a_decision_and_the_chart_shows_it(samaki, client_for):
    person, desk = patient(), client_for("receptionist")
    address = reverse("patients:consent-new", args=[person.pk]) + "?purpose=campaigns"
    page = desk.get(address).content.decode()
    assert "The hospital may send me news" in page
    assert 'value="withdrawn"' not in page
    form = {"_once": str(new_id()), "decision": "permit", "given_by": "patient", "method": "paper"}
    assert desk.post(address, form).status_code == 302
    assert desk.post(address, form).status_code == 302  # sent twice
    assert Consent.objects.get().patient == person
    assert "News and campaigns" in desk.get(f"/patients/{person.pk}/?whole").content.decode()
    shown = desk.get(reverse("patients:consent-list", args=[person.pk])).content.decode()
    assert "The patient has agreed" in shown
    assert Record.objects.filter(kind="read", row_id=str(person.pk), after__page="consents").exists()


def test_a_guardian_without_a_name_is_asked_for_one_and_nothing_is_lost(samaki, client_for):
    person, desk = patient(), client_for("receptionist")
    form = {"_once": str(new_id()), "decision": "deny", "given_by": "guardian", "method": "spoken", "remark": "shy"}
    answer = desk.post(reverse("patients:consent-new", args=[person.pk]), form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Say who decides for the patient." in page
    assert 'value="shy"' in page
    assert not Consent.objects.exists()


def test_registration_notes_what_was_ticked(samaki, client_for):
    desk = client_for("receptionist")
    assert desk.post("/patients/new/", filled(consent_reminders="on")).status_code == 302
    noted = Consent.objects.get()
    assert (noted.purpose, noted.decision, noted.given_by) == ("reminders", "permit", "patient")


def test_for_a_child_the_mother_decides_at_registration_and_a_friend_does_not(samaki, client_for):
    desk = client_for("receptionist")
    child = {"birth_date": "2021-02-03", "consent_treatment": "on"}
    refused = desk.post("/patients/new/", filled(**child, contact_relationship="friend"))
    assert refused.status_code == 422
    assert "a guardian decides" in refused.content.decode()
    assert not Patient.objects.exists()
    assert desk.post("/patients/new/", filled(**child, contact_relationship="mother")).status_code == 302
    assert Consent.objects.get().guardian_relation == "mother"


def test_only_who_may_records_and_publishes(samaki, client_for):
    person = patient()
    record = reverse("patients:consent-new", args=[person.pk])
    new_text = reverse("patients:consent-text-new") + "?purpose=photo"
    assert client_for("cashier").get(record).status_code == 403
    assert client_for("receptionist").get(new_text).status_code == 403
    client = client_for("admin")
    words = {f"{name}_{one}": "W" for name in ("title", "text") for one in ("en", "km", "zh_hans")}
    assert client.post(new_text, {"_once": str(new_id()), **words, "text_km": ""}).status_code == 422
    assert client.post(new_text, {"_once": str(new_id()), **words}).status_code == 302
    assert current_texts()["photo"].version == 2
    assert client.get(reverse("patients:consent-text-list")).status_code == 200
    assert client.get(reverse("patients:consent-text-new")).status_code == 404


def test_a_restricted_patients_consents_do_not_exist_for_others_nor_the_neighbours(samaki, client_for):
    person = patient(confidentiality="restricted")
    desk = client_for("receptionist")
    with schema_context("royal"):
        foreign = patient()
    for one in (person, foreign):
        for name in ("consent-list", "consent-new"):
            assert desk.get(reverse(f"patients:{name}", args=[one.pk])).status_code == 404


def test_the_page_costs_the_same_for_one_and_for_many_decisions(samaki, client_for, decide, query_count):
    person, desk = patient(), client_for("receptionist")
    address = reverse("patients:consent-list", args=[person.pk])

    def cost():
        desk.get(address)
        with query_count() as counted:
            desk.get(address)
        return counted.count

    decide(person, "research", "permit")
    one = cost()
    for purpose in ("photo", "campaigns", "reminders"):
        decide(person, purpose, "permit")
    assert cost() == one
