"""Diagnoses, allergies and problems."""

import pytest
from django.db import connection

from clinical import queries
from clinical.errors import (
    AllergiesExist,
    AllergyAlreadyRecorded,
    DiagnosisAlreadyRecorded,
    EncounterNotStarted,
    ReasonMissing,
    UnknownDiagnosisCode,
)
from clinical.models import Diagnosis
from clinical.services.allergies import end_allergy, record_allergy, record_no_known_allergies
from clinical.services.diagnoses import code_index, record_diagnosis, withdraw_diagnosis
from clinical.services.problems import end_condition, record_condition
from clinical.substances import search_substances
from tests.factories.clinical import enrol, in_consultation
from tests.factories.queueing import make_patient


@pytest.fixture
def encounter(receptionist, doctor):
    return in_consultation(doctor=doctor, by=receptionist)


def test_a_diagnosis_is_recorded_by_its_code(encounter, doctor):
    record_diagnosis(encounter=encounter, code="J06.9", by=doctor, certainty="provisional", case_kind="follow_up")
    found = Diagnosis.objects.get()
    assert (found.code, found.role, found.certainty, found.case_kind) == (
        "J06.9",
        "primary",
        "provisional",
        "follow_up",
    )
    assert "respiratory" in found.text


def test_diagnoses_are_counted_by_a_blind_index_and_kept_as_ciphertext(encounter, doctor):
    record_diagnosis(encounter=encounter, code="J06.9", by=doctor)
    assert Diagnosis.objects.filter(code_index=code_index("J06.9")).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, text FROM clinical_diagnosis")
        assert all(column.startswith("v1:") for column in cursor.fetchone())


def test_an_unknown_code_and_a_whole_chapter_are_refused(encounter, doctor):
    for code in ("XXX", "I", "A00-A09", "'; DROP TABLE"):
        with pytest.raises(UnknownDiagnosisCode):
            record_diagnosis(encounter=encounter, code=code, by=doctor)


def test_one_main_diagnosis_and_no_code_twice(encounter, doctor):
    first = record_diagnosis(encounter=encounter, code="J06.9", by=doctor)
    record_diagnosis(encounter=encounter, code="I10", by=doctor)
    first.refresh_from_db()
    assert first.role == "secondary"
    with pytest.raises(DiagnosisAlreadyRecorded):
        record_diagnosis(encounter=encounter, code="I10", role="secondary", by=doctor)


def test_a_withdrawn_diagnosis_may_be_recorded_again(encounter, doctor):
    first = record_diagnosis(encounter=encounter, code="J06.9", by=doctor)
    assert withdraw_diagnosis(diagnosis=first, by=doctor).status == "entered_in_error"
    record_diagnosis(encounter=encounter, code="J06.9", by=doctor)
    assert Diagnosis.objects.count() == 2


def test_no_diagnosis_before_the_consultation(receptionist, doctor):
    with pytest.raises(EncounterNotStarted):
        record_diagnosis(encounter=enrol(by=receptionist).encounter, code="J06.9", by=doctor)


def test_an_allergy_to_a_known_substance_is_coded(receptionist, nurse):
    patient = make_patient(by=receptionist)
    allergy = record_allergy(patient=patient, substance="Amoxicillin", reaction="rash", severity="severe", by=nurse)
    assert allergy.atc_code == "J01CA04"
    assert queries.allergy_words(patient) == ["Amoxicillin"]
    with pytest.raises(AllergyAlreadyRecorded):
        record_allergy(patient=patient, substance=" amoxicillin ", by=nurse)


def test_an_unknown_substance_is_kept_as_written(receptionist, nurse):
    allergy = record_allergy(patient=make_patient(by=receptionist), substance="ត្រីប្រឡាក់", kind="food", by=nurse)
    assert (allergy.substance, allergy.atc_code) == ("ត្រីប្រឡាក់", "")


def test_nobody_asked_is_not_the_same_as_none_known(receptionist, nurse):
    patient = make_patient(by=receptionist)
    assert queries.allergy_words(patient) is None
    record_no_known_allergies(patient=patient, by=nurse)
    assert queries.allergy_words(patient) == []
    record_allergy(patient=patient, substance="latex", by=nurse)
    with pytest.raises(AllergiesExist):
        record_no_known_allergies(patient=patient, by=nurse)


def test_ending_an_allergy_needs_a_reason(receptionist, nurse, doctor):
    patient = make_patient(by=receptionist)
    allergy = record_allergy(patient=patient, substance="latex", by=nurse)
    with pytest.raises(ReasonMissing):
        end_allergy(allergy=allergy, status="resolved", reason="", by=doctor)
    end_allergy(allergy=allergy, status="resolved", reason="tested negative", by=doctor)
    assert not queries.active_allergies(patient)


def test_severe_allergies_stand_first(receptionist, nurse):
    patient = make_patient(by=receptionist)
    for substance, severity in (("latex", "mild"), ("peanut", "severe"), ("egg", "moderate")):
        record_allergy(patient=patient, substance=substance, severity=severity, by=nurse)
    assert [one.substance for one in queries.active_allergies(patient)] == ["peanut", "egg", "latex"]


def test_substances_are_found_by_name_and_by_atc_code():
    assert search_substances("amoxi")[0].name == "amoxicillin"
    assert search_substances("J01C")[0].atc.startswith("J01C")
    assert search_substances("") == []


def test_a_problem_is_listed_until_it_is_resolved(receptionist, doctor):
    patient = make_patient(by=receptionist)
    problem = record_condition(patient=patient, text="Hypertension", since_year=2019, by=doctor)
    assert [one.text for one in queries.active_conditions(patient)] == ["Hypertension"]
    end_condition(condition=problem, status="resolved", by=doctor)
    assert not queries.active_conditions(patient)
