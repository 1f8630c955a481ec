"""Triage: what is refused, what is asked again, what is computed."""

import pytest
from django.db import IntegrityError, connection, transaction

from clinical.errors import EncounterIsClosed, ReasonMissing, VitalsEmpty
from clinical.forms import VitalsForm
from clinical.models import VitalSigns
from clinical.services.encounters import leave_encounter
from clinical.services.triage import prioritise, record_vitals, refuse_triage, void_vitals
from tests.factories.clinical import NORMAL, enrol
from tests.factories.queueing import make_patient


def form_for(patient, last=None, **typed):
    return VitalsForm({**NORMAL, "priority": "normal", **typed}, patient=patient, last=last, priority="normal")


def test_vital_signs_are_kept_with_their_score_and_end_the_triage(receptionist, nurse):
    encounter = enrol(by=receptionist).encounter
    form = form_for(encounter.patient, temperature="38.6", pulse="104")
    assert form.is_valid(), form.errors
    vitals = record_vitals(encounter=encounter, values=form.measurements, by=nurse)
    vitals, encounter = VitalSigns.objects.get(pk=vitals.pk), type(encounter).objects.get(pk=encounter.pk)
    assert (str(vitals.temperature), str(vitals.pulse)) == ("38.6", "104")
    assert (vitals.news2["total"], vitals.news2["band"]) == (2, "low")
    assert vitals.bmi["value"] == "22.0"
    assert encounter.triaged_at is not None


def test_vital_signs_are_ciphertext_in_the_table(receptionist, nurse):
    encounter = enrol(by=receptionist).encounter
    record_vitals(encounter=encounter, values={"temperature": "39.4"}, by=nurse, note="looks ill")
    with connection.cursor() as cursor:
        cursor.execute("SELECT temperature, assessment, note FROM clinical_vitalsigns")
        row = cursor.fetchone()
    assert all(column.startswith("v1:") for column in row)


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", "46"), ("pulse", "5"), ("spo2", "101"), ("weight", "500"), ("systolic", "400"), ("pain", "11")],
)
def test_impossible_values_are_refused_beside_their_field(receptionist, name, value):
    form = form_for(make_patient(by=receptionist), **{name: value, "confirm_unusual": "on"})
    assert not form.is_valid()
    assert form.errors[name].as_data()[0].code == "impossible"


def test_text_and_decimal_commas_are_refused(receptionist):
    form = form_for(make_patient(by=receptionist), temperature="38,5", pulse="fast")
    assert {"temperature", "pulse"} <= set(form.errors)


def test_khmer_digits_are_understood(receptionist):
    form = form_for(make_patient(by=receptionist), temperature="៣៧.៥")
    assert form.is_valid(), form.errors
    assert str(form.cleaned_data["temperature"]) == "37.5"


def test_an_unusual_value_is_asked_about_and_taken_when_confirmed(receptionist):
    patient = make_patient(by=receptionist)
    form = form_for(patient, pulse="180")
    assert not form.is_valid()
    assert form.errors["pulse"].as_data()[0].code == "unusual"
    assert form_for(patient, pulse="180", confirm_unusual="on").is_valid()


def test_a_pulse_of_150_is_usual_for_an_infant(receptionist, clock):
    from datetime import date

    infant = make_patient(by=receptionist, birth_date=date(2025, 12, 1))
    typed = dict.fromkeys(NORMAL, "") | {"pulse": "150", "temperature": "37.0"}
    assert form_for(infant, **typed).is_valid()


def test_a_weight_far_from_the_last_one_is_asked_about(receptionist, nurse):
    encounter = enrol(by=receptionist).encounter
    last = record_vitals(encounter=encounter, values={"weight": "55"}, by=nurse)
    form = form_for(encounter.patient, last=VitalSigns.objects.get(pk=last.pk), weight="95")
    assert not form.is_valid()
    assert "weight" in form.errors


def test_blood_pressure_needs_both_values_in_order(receptionist):
    patient = make_patient(by=receptionist)
    assert "diastolic" in form_for(patient, diastolic="").errors
    assert "diastolic" in form_for(patient, systolic="80", diastolic="120").errors


def test_an_empty_set_is_not_a_measurement(receptionist, nurse):
    encounter = enrol(by=receptionist).encounter
    assert not form_for(encounter.patient, **dict.fromkeys(NORMAL, "")).is_valid()
    with pytest.raises(VitalsEmpty):
        record_vitals(encounter=encounter, values={}, by=nurse)
    assert not VitalSigns.objects.exists()


def test_no_score_in_pregnancy(receptionist, nurse):
    encounter = enrol(by=receptionist).encounter
    form = form_for(encounter.patient, pregnant="on")
    assert form.is_valid(), form.errors
    vitals = record_vitals(encounter=encounter, values=form.measurements, pregnant=True, by=nurse)
    assert vitals.news2 is None


def test_men_are_not_asked_whether_they_are_pregnant(receptionist):
    assert "pregnant" not in form_for(make_patient(by=receptionist, sex="male")).fields


def test_priority_set_at_triage_moves_the_ticket_and_needs_a_reason(receptionist, nurse, doctor):
    encounter = enrol(by=receptionist, practitioner=doctor).encounter
    with pytest.raises(ReasonMissing):
        prioritise(encounter=encounter, priority="emergency", reason="", by=nurse)
    prioritise(encounter=encounter, priority="emergency", reason="chest pain", by=nurse)
    encounter.ticket.refresh_from_db()
    assert encounter.ticket.priority == "emergency"
    assert not form_for(encounter.patient, priority="emergency").is_valid()


def test_refusing_measurements_needs_a_reason_and_ends_the_triage(receptionist, nurse):
    encounter = enrol(by=receptionist).encounter
    with pytest.raises(ReasonMissing):
        refuse_triage(encounter=encounter, reason=" ", by=nurse)
    assert refuse_triage(encounter=encounter, reason="patient refuses", by=nurse).triaged_at is not None


def test_nothing_is_measured_in_a_closed_encounter(receptionist, nurse):
    encounter = enrol(by=receptionist).encounter
    leave_encounter(encounter=encounter, reason="went home", by=receptionist)
    with pytest.raises(EncounterIsClosed):
        record_vitals(encounter=encounter, values={"pulse": "80"}, by=nurse)


def test_a_wrong_set_is_marked_and_its_values_never_change(receptionist, nurse):
    encounter = enrol(by=receptionist).encounter
    vitals = record_vitals(encounter=encounter, values={"pulse": "80"}, by=nurse)
    assert void_vitals(vitals=vitals, reason="other patient", by=nurse).status == "entered_in_error"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE clinical_vitalsigns SET pulse = NULL")
