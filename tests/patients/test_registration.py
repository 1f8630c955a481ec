"""Registering: numbers without gaps, families, and the warning that somebody is already on file."""

from datetime import date

import pytest

from patients.errors import DuplicatesUnanswered, IdentifierTaken
from patients.models import DuplicateAnswer, Family, Patient
from patients.queries import find_duplicates
from patients.services.families import change_head, join_family
from patients.services.patients import change_patient, register_patient
from tests.factories.patients import patient, somebody

pytestmark = pytest.mark.django_db

CONTACT = {"name": "Keo Sina", "relationship": "spouse", "phone": "+85512888777"}


def score(**details):
    matches = find_duplicates(Patient(**somebody(**details)))
    return matches[0].score if matches else 0


def test_a_patient_gets_the_next_record_number_and_a_family_of_their_own(receptionist):
    first, second = patient(), patient()
    assert int(second.mrn[1:]) == int(first.mrn[1:]) + 1
    assert first.family_id != second.family_id
    assert Family.objects.get(pk=first.family_id).head_id == first.pk
    assert first.emergency_contacts.get().name == "Sok Chanthy"


def test_a_member_joins_an_existing_family():
    mother = patient()
    child = patient(family=mother.family)
    assert child.family_id == mother.family_id
    assert Family.objects.get(pk=mother.family_id).head_id == mother.pk


def test_a_refused_registration_uses_up_no_number():
    first = patient(identifiers={"national_id": "111222333"})
    with pytest.raises(DuplicatesUnanswered):
        patient(identifiers={"national_id": "111222333"})
    assert int(patient().mrn[1:]) == int(first.mrn[1:]) + 1


def test_duplicates_are_scored_by_how_rarely_the_signs_agree_by_chance():
    patient(
        family_name="Chhean",
        given_name="Sopheap",
        birth_date=date(1990, 5, 17),
        phone="+85512777666",
        commune="120101",
        district="1201",
        province="12",
        village="Phum 1",
        identifiers={"national_id": "222333444"},
    )
    same = {"family_name": "Chean", "given_name": "Sopheap"}
    assert find_duplicates(Patient(**somebody()), {"national_id": "222333444"})[0].score == 100
    assert score(**same, phone="+85512777666", birth_date=date(1990, 5, 17)) == 95
    assert score(family_name="Other", given_name="Name", phone="+85512777666", birth_date=date(1990, 1, 2)) == 90
    assert score(**same, birth_date=date(1990, 5, 17)) == 80
    assert score(**same, birth_date=date(1990, 5, 18)) == 0
    address = {"province": "12", "district": "1201", "commune": "120101"}
    assert score(**same, **address, village="phum 1", birth_date=date(1992, 5, 18)) == 60
    assert score(**same, **address, village="Phum 2", birth_date=date(1992, 5, 18)) == 0
    assert score(**same, **address, village="phum 1", birth_date=date(1993, 5, 18)) == 0


def test_a_bare_year_agrees_with_any_day_of_it():
    patient(family_name="Nov", given_name="Chanra", birth_date=date(1971, 1, 1), birth_date_precision="year")
    assert score(family_name="Nov", given_name="Chanra", birth_date=date(1971, 9, 9)) == 80


def test_a_household_card_is_shared_and_makes_nobody_a_duplicate():
    patient(identifiers={"idpoor_pre": "12345678-1234"})
    assert patient(identifiers={"idpoor_pre": "12345678-1234"}).pk


def test_a_likely_duplicate_must_be_answered_with_a_reason(receptionist):
    twin = patient(given_name="First", phone="+85512333444", birth_date=date(2020, 2, 2))
    details = {"given_name": "Second", "phone": "+85512333444", "birth_date": date(2020, 2, 2)}
    with pytest.raises(DuplicatesUnanswered):
        patient(**details)
    with pytest.raises(DuplicatesUnanswered):
        patient(**details, different_from=[str(twin.pk)], different_reason="  ")
    second = patient(**details, different_from=[str(twin.pk)], different_reason="Twins, both present")
    answer = DuplicateAnswer.objects.get(patient=second)
    assert (answer.other_id, answer.reason, answer.answered_by) == (twin.pk, "Twins, both present", receptionist)


def test_a_personal_number_belongs_to_one_patient(receptionist):
    patient(identifiers={"nssf": "2343453-1234567-9"})
    other = patient()
    with pytest.raises(IdentifierTaken):
        change_patient(patient=other, version=other.version, by=receptionist, identifiers={"nssf": "2343453-1234567-9"})
    assert other.identifiers.count() == 0


def test_an_emptied_number_is_removed(receptionist):
    person = patient(identifiers={"national_id": "333444555"})
    change_patient(patient=person, version=1, by=receptionist, identifiers={"national_id": ""})
    assert person.identifiers.count() == 0
    assert patient(identifiers={"national_id": "333444555"}).pk


def test_an_outdated_page_cannot_overwrite_a_newer_one(receptionist):
    from core.errors import RecordChanged

    person = patient()
    change_patient(patient=person, version=1, by=receptionist, village="New")
    with pytest.raises(RecordChanged):
        change_patient(patient=person, version=1, by=receptionist, village="Old")
    assert Patient.objects.get(pk=person.pk).village == "New"


def test_a_family_whose_head_leaves_gets_another(receptionist):
    head = patient()
    member = patient(family=head.family)
    other = patient()
    join_family(patient=head, family=other.family, by=receptionist)
    assert Family.objects.get(pk=member.family_id).head_id == member.pk
    assert Patient.objects.get(pk=head.pk).family_id == other.family_id


def test_only_a_member_heads_a_family(receptionist):
    from patients.errors import HeadOutsideFamily

    person, stranger = patient(), patient()
    with pytest.raises(HeadOutsideFamily):
        change_head(family=person.family, head=stranger, by=receptionist)


def test_registering_costs_a_bounded_number_of_statements(receptionist, query_count):
    patient()
    with query_count() as queries:
        register_patient(by=receptionist, contact=CONTACT, **somebody())
    assert queries.count <= 14, str(queries)


def test_a_registration_leaves_a_trail_without_its_search_tokens(receptionist):
    from audit.models import Record

    person = patient()
    tables = set(Record.objects.values_list("table_name", flat=True))
    assert "patients_patient" in tables
    assert "patients_searchtoken" not in tables
    assert person.pk
