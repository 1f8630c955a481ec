"""The demo shows what a protected record is."""

from demo.services.today import protect_two
from patients.models import Patient
from patients.queries import visible_patients
from tests.factories.clinical import in_consultation, price_consultations
from tests.factories.patients import patient as make_patient


def test_one_record_is_restricted_and_one_very_restricted_and_the_second_doctor_treats_neither(
    samaki, receptionist, doctor, doctor2
):
    price_consultations()
    for _ in range(3):
        encounter = in_consultation(by=receptionist, doctor=doctor, patient=make_patient())
        encounter.status = "awaiting_results"
        encounter.save()
        encounter.ticket.status = "paused"
        encounter.ticket.save()
    protect_two()
    levels = Patient.objects.order_by("id").values_list("confidentiality", flat=True)
    assert list(levels) == ["restricted", "very_restricted", "normal"]
    assert visible_patients(doctor).count() == 3
    assert set(visible_patients(doctor2).values_list("confidentiality", flat=True)) == {"restricted", "normal"}
