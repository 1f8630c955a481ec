"""Writing, signing and stopping prescriptions; overrides leave a written reason."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from clinical.models import Allergy
from core.states import MoveNotAllowed
from pharmacy.errors import (
    DoseUnitNotPossible,
    EncounterClosed,
    MedicineTwice,
    OverrideReasonMissing,
    PrescriptionEmpty,
    PrescriptionSigned,
    QuantityMissing,
    ReasonMissing,
    RouteNotPossible,
)
from pharmacy.models import Interaction, Prescription, PrescriptionItem, SafetyWarning, StatusChange
from pharmacy.queries.prescriptions import draft_of
from pharmacy.queries.safety import facts_about, running_items
from pharmacy.services.prescriptions import (
    add_item,
    change_item,
    remove_item,
    sign_prescription,
    stop_item,
    stop_prescription,
)
from tests.factories import pharmacy as make

pytestmark = pytest.mark.usefixtures("samaki")


@pytest.fixture
def encounter():
    return make.encounter()


@pytest.fixture
def penicillin():
    return make.medicine("amoxicillin", atc="J01CA04")


def allergic(encounter, by, substance="penicillin"):
    return Allergy.objects.create(patient=encounter.patient, substance=substance, severity="severe", recorded_by=by)


def test_an_item_goes_on_the_one_draft_of_the_encounter_with_its_quantity_computed(encounter, doctor):
    first = add_item(encounter=encounter, by=doctor, **make.order(make.medicine()))
    second = add_item(encounter=encounter, by=doctor, **make.order(make.medicine("other")))
    assert first.prescription == second.prescription == draft_of(encounter)
    assert (first.quantity, first.status, second.position) == (15, "draft", 2)


def test_a_signed_prescription_has_a_number_and_can_only_be_stopped(encounter, doctor):
    item = add_item(encounter=encounter, by=doctor, **make.order(make.medicine()))
    signed = sign_prescription(prescription=item.prescription, by=doctor)
    item.refresh_from_db()
    assert (signed.status, signed.number, item.status) == ("signed", 1, "active")
    assert set(StatusChange.objects.values_list("verb", "to_status")) == {("sign", "signed"), ("sign", "active")}
    for act in (
        lambda: remove_item(item=item, by=doctor),
        lambda: change_item(item=item, by=doctor, dose=Decimal(2)),
        lambda: sign_prescription(prescription=signed, by=doctor),
    ):
        with pytest.raises(PrescriptionSigned):
            act()


def test_an_empty_draft_a_twice_listed_medicine_and_a_closed_encounter_are_refused(encounter, doctor):
    medicine = make.medicine()
    item = add_item(encounter=encounter, by=doctor, **make.order(medicine))
    with pytest.raises(MedicineTwice):
        add_item(encounter=encounter, by=doctor, **make.order(medicine))
    remove_item(item=item, by=doctor)
    with pytest.raises(PrescriptionEmpty):
        sign_prescription(prescription=item.prescription, by=doctor)
    type(encounter).objects.filter(pk=encounter.pk).update(status="waiting")
    with pytest.raises(EncounterClosed):
        add_item(encounter=encounter, by=doctor, **make.order(medicine))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"route": "IV"}, RouteNotPossible),
        ({"dose_unit": "drop"}, DoseUnitNotPossible),
    ],
)
def test_an_impossible_route_or_unit_is_refused(encounter, doctor, change, error):
    with pytest.raises(error):
        add_item(encounter=encounter, by=doctor, **make.order(make.medicine(), **change))
    assert not PrescriptionItem.objects.exists()


def test_a_quantity_that_cannot_be_computed_is_asked_for(encounter, doctor):
    cream = make.medicine("cream", dose_unit="application", doses_per_unit=None, content=None, content_unit="")
    with pytest.raises(QuantityMissing):
        add_item(encounter=encounter, by=doctor, **make.order(cream))
    assert add_item(encounter=encounter, by=doctor, **make.order(cream, quantity=2)).quantity == 2


# --- Warnings ---------------------------------------------------------------------------------------------------------
def test_an_allergy_stops_the_item_until_a_reason_is_written_and_the_reason_is_kept(encounter, doctor, penicillin):
    allergic(encounter, doctor)
    with pytest.raises(OverrideReasonMissing) as refused:
        add_item(encounter=encounter, by=doctor, **make.order(penicillin))
    assert refused.value.findings[0].kind == "allergy"
    assert not PrescriptionItem.objects.exists()
    item = add_item(encounter=encounter, by=doctor, reason="desensitised last week", **make.order(penicillin))
    sign_prescription(prescription=item.prescription, by=doctor)
    warning = SafetyWarning.objects.get(item=item, kind="allergy")
    assert (warning.severity, warning.reason, warning.by) == ("contraindicated", "desensitised last week", doctor)
    assert "penicillin" in warning.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, reason FROM pharmacy_safetywarning WHERE id = %s", [warning.pk])
        assert not any("penicillin" in column or "desensitised" in column for column in cursor.fetchone())


def test_an_allergy_recorded_after_the_item_was_added_stops_the_signature(encounter, doctor, penicillin):
    item = add_item(encounter=encounter, by=doctor, **make.order(penicillin))
    allergic(encounter, doctor)
    with pytest.raises(OverrideReasonMissing):
        sign_prescription(prescription=item.prescription, by=doctor)
    assert Prescription.objects.get().is_draft
    signed = sign_prescription(prescription=item.prescription, by=doctor, reasons={item.pk: "life-threatening"})
    assert signed.status == "signed"
    assert SafetyWarning.objects.get(kind="allergy").reason == "life-threatening"


def test_an_interaction_with_what_the_patient_takes_already_is_found(encounter, doctor):
    warfarin = make.medicine("warfarin", atc="B01AA03")
    ibuprofen = make.medicine("ibuprofen", atc="M01AE01")
    make.interaction(["B01AA"], ["M01A"], "major")
    make.prescription(make.order(warfarin), at=encounter)
    later = make.encounter(make.open_a_visit(patient=encounter.patient, department=_other_department()))
    with pytest.raises(OverrideReasonMissing) as refused:
        add_item(encounter=later, by=doctor, **make.order(ibuprofen))
    assert {finding.kind for finding in refused.value.findings if finding.needs_reason} == {"interaction"}


def _other_department():
    from accounts.models import Department

    return Department.objects.get(code="ER")


def test_a_finished_or_stopped_course_is_not_running_any_more(encounter, doctor, clock):
    prescription = make.prescription(make.order(make.medicine()), make.order(make.medicine("other")), at=encounter)
    assert len(running_items(encounter.patient)) == 2
    stop_item(item=prescription.items.first(), reason="rash", by=doctor)
    assert len(running_items(encounter.patient)) == 1
    clock.advance(days=6)
    assert not running_items(encounter.patient)


def test_a_removed_table_of_interactions_says_check_unavailable_and_never_nothing(encounter, doctor):
    Interaction.objects.all().delete()
    assert facts_about(encounter.patient).interactions is None
    item = add_item(encounter=encounter, by=doctor, **make.order(make.medicine()))
    sign_prescription(prescription=item.prescription, by=doctor)
    warning = SafetyWarning.objects.get(item=item, severity="unavailable")
    assert "interaction check is unavailable" in warning.text


def test_a_table_that_cannot_be_read_says_check_unavailable(encounter, monkeypatch):
    class Broken:
        @staticmethod
        def filter(**_):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pharmacy_no_such_table")

    monkeypatch.setattr(Interaction, "objects", Broken)
    assert facts_about(encounter.patient).interactions is None
    assert facts_about(encounter.patient).allergies == []


def test_the_database_refuses_a_grave_warning_without_a_reason(doctor):
    item = make.prescription().items.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyWarning.objects.create(
            item=item, stage="prescribing", kind="allergy", severity="major", key="k", text="t", by=doctor
        )


def test_quiet_warnings_are_shown_but_not_kept(encounter, doctor):
    make.interaction(["V99"], ["B01"], "minor")
    make.prescription(make.order(make.medicine()), make.order(make.medicine("warfarin", atc="B01AA03")), at=encounter)
    assert not SafetyWarning.objects.filter(kind="interaction").exists()


# --- Stopping ---------------------------------------------------------------------------------------------------------
def test_stopping_needs_a_reason_and_voids_what_is_outstanding(doctor):
    prescription = make.prescription(make.order(make.medicine()), make.order(make.medicine("other")))
    item = prescription.items.first()
    with pytest.raises(ReasonMissing):
        stop_item(item=item, reason="  ", by=doctor)
    stopped = stop_item(item=item, reason="rash", by=doctor)
    assert (stopped.status, stopped.outstanding, stopped.stop_reason, stopped.stopped_by) == (
        "stopped",
        0,
        "rash",
        doctor,
    )
    prescription.refresh_from_db()
    assert prescription.status == "signed"
    stop_prescription(prescription=prescription, reason="wrong patient", by=doctor)
    prescription.refresh_from_db()
    assert prescription.status == "stopped"
    with pytest.raises(MoveNotAllowed):
        stop_prescription(prescription=prescription, reason="again", by=doctor)


def test_stopping_the_last_item_ends_the_prescription(doctor):
    prescription = make.prescription()
    stop_item(item=prescription.items.get(), reason="rash", by=doctor)
    prescription.refresh_from_db()
    assert prescription.status == "stopped"
