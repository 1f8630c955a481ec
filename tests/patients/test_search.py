"""Search: in either script, from two letters, by phone, identity number and record number; nothing readable stored."""

from datetime import date

import pytest

from patients.queries import search_patients
from tests.factories.patients import patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(receptionist):
    return lambda text: [row.mrn for row in search_patients(receptionist, text)]


def test_two_letters_of_a_name_find_the_patient(found):
    dara = patient(family_name="Chea", given_name="Dara")
    assert found("da") == [dara.mrn]
    assert found("CHE") == [dara.mrn]
    assert found("d") == []


def test_khmer_script_finds_the_same_patient(found):
    sok = patient(family_name="Meas", given_name="Sophea", native_family_name="មាស", native_given_name="សុភា")
    assert found("សុ") == [sok.mrn]
    assert found("មាស សុភា") == [sok.mrn]
    assert found("មាសសុភា") == [sok.mrn]
    assert found("sophea meas") == [sok.mrn]


def test_a_chinese_name_is_found_without_a_space(found):
    wang = patient(native_family_name="王", native_given_name="小明", family_name="Wang", given_name="Xiaoming")
    assert found("王小") == [wang.mrn]
    assert found("小明") == [wang.mrn]


def test_every_word_must_match(found):
    patient(family_name="Keo", given_name="Dara")
    both = patient(family_name="Chea", given_name="Dara")
    assert found("chea dara") == [both.mrn]
    assert found("dara che") == [both.mrn]
    assert found("chea bopha") == []


def test_whole_words_come_before_beginnings_and_other_spellings_last(found):
    longer = patient(family_name="Sokha", given_name="Nimol")
    exact = patient(family_name="Sok", given_name="Bopha")
    other = patient(family_name="Sokh", given_name="Thida")
    result = found("sok")
    assert result[0] == exact.mrn
    assert set(result) == {longer.mrn, exact.mrn, other.mrn}


@pytest.mark.parametrize(("typed", "stored"), [("Chan", "Chann"), ("Sokh", "Sok"), ("Chhien", "Chean"), ("Lee", "Ly")])
def test_usual_latin_spellings_find_each_other(found, typed, stored):
    person = patient(family_name=stored, given_name="Ratanak")
    assert found(f"{typed} ratanak") == [person.mrn]


def test_the_newest_patient_comes_first(found):
    older = patient(family_name="Prak", given_name="Sovann")
    newer = patient(family_name="Prak", given_name="Samnang")
    assert found("prak") == [newer.mrn, older.mrn]


def test_a_phone_is_found_whole_or_by_its_last_four_digits(found):
    person = patient(phone="+85512345678")
    for text in ("012345678", "012 345 678", "+855 12 345 678", "០១២៣៤៥៦៧៨", "5678", "345678", "12345678"):
        assert found(text) == [person.mrn], text
    assert found("678") == []


def test_a_record_number_is_found_whole_short_or_begun(found):
    person = patient()
    assert found(person.mrn) == [person.mrn]
    assert found(person.mrn.lower()) == [person.mrn]
    assert found(str(int(person.mrn[1:]))) == [person.mrn]
    assert person.mrn in found(person.mrn[:4])


def test_an_identity_number_is_found_exactly(found):
    person = patient(identifiers={"national_id": "923456678", "passport": "N1234567"})
    assert found("923456678") == [person.mrn]
    assert found("n 1234567") == [person.mrn]
    assert found("92345667") == []


def test_a_restricted_patient_is_found_only_by_those_who_may(found, doctor, receptionist):
    person = patient(family_name="Secret", given_name="Person", confidentiality="restricted")
    assert found("secret") == []
    assert found(person.mrn) == []
    assert [row.mrn for row in search_patients(doctor, "secret")] == [person.mrn]


def test_a_changed_name_is_found_and_the_old_one_is_not(found, receptionist):
    from patients.services.patients import change_patient

    person = patient(family_name="Before", given_name="Someone")
    change_patient(patient=person, version=person.version, by=receptionist, family_name="After")
    assert found("before") == []
    assert found("after someone") == [person.mrn]


def test_nothing_of_a_patient_is_readable_in_the_database(samaki):
    from django.db import connection

    person = patient(
        family_name="Readable",
        given_name="Nobody",
        native_family_name="អាន",
        native_given_name="បាន",
        phone="+85512345678",
        village="Phum Thmei",
        identifiers={"national_id": "923456678"},
        contact={"name": "Mother Readable", "relationship": "mother", "phone": "+85512111222"},
    )
    with connection.cursor() as cursor:
        text = ""
        for table in ("patient", "emergencycontact", "patientidentifier"):
            cursor.execute(f"SELECT string_agg(row::text, ' ') FROM patients_{table} AS row")
            text += cursor.fetchone()[0]
        cursor.execute("SELECT pg_typeof(token)::text, count(*) FROM patients_searchtoken GROUP BY 1")
        tokens = dict(cursor.fetchall())
    for secret in ("Readable", "អាន", "12345678", "1984-12-31", "Thmei", "923456678", "12111222", "Mother"):
        assert secret not in text
    assert person.mrn in text
    assert set(tokens) == {"bigint"}  # keyed hashes: no text to read


def test_a_search_costs_the_same_statements_for_one_and_for_three(found, receptionist, query_count):
    receptionist.is_present = True  # as in a request: what the person may see is read once
    patient(family_name="Unique", given_name="Alone")
    found("warm up")
    with query_count() as one:
        assert len(found("unique alone")) == 1
    for name in ("Rithy", "Vichea", "Samnang"):
        patient(family_name="Common", given_name=name)
    with query_count() as three:
        assert len(found("common")) == 3
    assert three.count <= one.count <= 7


def test_the_index_carries_the_search(samaki):
    """However common the words: rows are read from the index in order and probed, never scanned, sorted or hashed."""
    from django.db import connection

    from patients import tokens
    from patients.access import Sight
    from patients.models import SearchToken
    from patients.queries.search import _tier_sql

    people = [
        patient(family_name="Many", given_name="Person", phone=f"+8551255{n:04d}", birth_date=date(1900 + n, 1, 1))
        for n in range(30)
    ]
    SearchToken.objects.bulk_create(SearchToken(token=n, patient=people[n % 30]) for n in range(20_000))
    words = [
        (tokens.beginning_token("ma"), tokens.spelling_token("ma")),
        (tokens.beginning_token("pe"), tokens.spelling_token("pe")),
    ]
    sql, values = _tier_sql(words, 20, Sight(levels=("normal",)))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count("Index Only Scan Backward using patients_searchtoken_pkey") == 2, plan
    assert "Sort" not in plan, plan
    assert "Hash" not in plan, plan
    assert "Seq Scan on patients_searchtoken" not in plan, plan
