"""The doctor's panel: everything on one page, with and without HTMX."""

import pytest
from django.urls import reverse

from clinical.models import Allergy
from core.once import new_key
from pharmacy.models import Prescription, PrescriptionItem, SafetyWarning
from pharmacy.services.questions import query_prescription
from tests.factories import pharmacy as make

pytestmark = pytest.mark.usefixtures("samaki")


@pytest.fixture
def encounter():
    return make.encounter()


@pytest.fixture
def at_desk(client_for):
    return client_for("doctor")


def form(medicine, **changes):
    return {
        "_once": new_key(),
        "medicine": medicine.pk,
        "dose": "1",
        "dose_unit": medicine.dose_unit,
        "frequency": "TDS",
        "route": medicine.routes[0],
        "duration_days": "5",
        "quantity": "",
        "instructions": "",
        **changes,
    }


def add(client, encounter, medicine, **changes):
    return client.post(reverse("pharmacy:item-new", args=[encounter.pk]), form(medicine, **changes))


def panel(client, encounter):
    return client.htmx(reverse("pharmacy:encounter-prescription", args=[encounter.pk])).content.decode()


def test_the_encounter_page_carries_the_prescription_panel(at_desk, encounter):
    page = at_desk.get(reverse("clinical:encounter-detail", args=[encounter.pk]))
    assert page.status_code == 200
    assert 'id="pharmacy"' in page.content.decode()


def test_a_medicine_is_searched_chosen_dosed_and_signed(at_desk, encounter):
    medicine = make.medicine("amoxicillin", brand_names="Clamoxyl", atc="J01CA04")
    make.in_stock(medicine, 40)
    found = at_desk.htmx(reverse("pharmacy:medicine-search", args=[encounter.pk]), {"q": "clamox"}).content.decode()
    assert "Amoxicillin" in found
    assert "40 × tablet in stock" in found
    address = reverse("pharmacy:item-new", args=[encounter.pk])
    assert "Put on the prescription" in at_desk.htmx(address, {"medicine": medicine.pk}).content.decode()
    answer = at_desk.htmx(address, form(medicine), method="post")
    assert answer.status_code == 302
    shown = panel(at_desk, encounter)
    assert "1 tablet · three times a day · by mouth · 5 days" in shown
    assert "Quantity: 15 × tablet" in shown
    draft = Prescription.objects.get()
    signed = at_desk.post(reverse("pharmacy:prescription-sign", args=[draft.pk]), {"_once": new_key()})
    assert signed.status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.prescriber.username) == ("signed", "doctor")
    assert "RX-000001" in panel(at_desk, encounter)


def test_the_pages_work_without_htmx(at_desk, encounter):
    medicine = make.medicine()
    search = at_desk.get(reverse("pharmacy:medicine-search", args=[encounter.pk]), {"q": "testa"})
    assert "<html" in search.content.decode()
    page = at_desk.get(reverse("pharmacy:item-new", args=[encounter.pk]), {"medicine": medicine.pk})
    assert "<html" in page.content.decode()
    answer = at_desk.get(reverse("pharmacy:encounter-prescription", args=[encounter.pk]))
    assert answer.url.endswith("#pharmacy")


def test_an_allergy_is_shown_before_a_dose_is_typed_and_needs_a_reason_to_go_on(at_desk, encounter, doctor):
    Allergy.objects.create(patient=encounter.patient, substance="penicillin", recorded_by=doctor)
    medicine = make.medicine("amoxicillin", atc="J01CA04")
    address = reverse("pharmacy:item-new", args=[encounter.pk])
    assert "allergic to penicillin" in at_desk.htmx(address, {"medicine": medicine.pk}).content.decode()
    refused = at_desk.htmx(address, form(medicine, instructions="after meals"), method="post")
    text = refused.content.decode()
    assert refused.status_code == 422
    assert refused["HX-Retarget"] == "#rx-item"
    assert "allergic to penicillin" in text
    assert "after meals" in text
    assert not PrescriptionItem.objects.exists()
    assert add(at_desk, encounter, medicine, reason="tolerated in 2024").status_code == 302
    draft = Prescription.objects.get()
    at_desk.post(reverse("pharmacy:prescription-sign", args=[draft.pk]), {"_once": new_key()})
    assert SafetyWarning.objects.get(kind="allergy").reason == "tolerated in 2024"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dose", "0"),
        ("dose", "-1"),
        ("dose", "1,5"),
        ("dose", "lots"),
        ("dose", ""),
        ("dose_unit", "drop"),
        ("frequency", "HOURLY"),
        ("route", "IV"),
        ("duration_days", "0"),
        ("duration_days", "400"),
        ("quantity", "-5"),
        ("quantity", "99999"),
        ("instructions", "x" * 501),
    ],
)
def test_impossible_input_is_refused_beside_the_field_and_what_was_typed_stays(at_desk, encounter, field, value):
    refused = add(at_desk, encounter, make.medicine(), **{field: value})
    assert refused.status_code == 422
    assert 'class="field-error"' in refused.content.decode()
    assert not PrescriptionItem.objects.exists()


def test_a_line_of_the_draft_is_changed_and_removed(at_desk, encounter):
    medicine = make.medicine()
    add(at_desk, encounter, medicine)
    item = PrescriptionItem.objects.get()
    address = reverse("pharmacy:item-edit", args=[item.pk])
    assert at_desk.get(address).status_code == 200
    assert at_desk.post(address, form(medicine, dose="2")).status_code == 302
    item.refresh_from_db()
    assert (item.dose, item.quantity) == (2, 30)
    assert at_desk.post(reverse("pharmacy:item-remove", args=[item.pk]), {"_once": new_key()}).status_code == 302
    assert not PrescriptionItem.objects.exists()


def test_a_form_sent_twice_adds_one_line(at_desk, encounter):
    data = form(make.medicine())
    address = reverse("pharmacy:item-new", args=[encounter.pk])
    first, second = at_desk.post(address, data), at_desk.post(address, data)
    assert first["Location"] == second["Location"]
    assert PrescriptionItem.objects.count() == 1


def test_a_signature_with_a_new_warning_asks_for_the_reason_on_the_panel(at_desk, encounter, doctor):
    medicine = make.medicine("amoxicillin", atc="J01CA04")
    add(at_desk, encounter, medicine)
    item = PrescriptionItem.objects.get()
    Allergy.objects.create(patient=encounter.patient, substance="amoxicillin", recorded_by=doctor)
    address = reverse("pharmacy:prescription-sign", args=[item.prescription_id])
    refused = at_desk.htmx(address, {"_once": new_key()}, method="post")
    assert refused.status_code == 422
    assert f"reason_{item.pk}" in refused.content.decode()
    answer = at_desk.post(address, {"_once": new_key(), f"reason_{item.pk}": "no other choice"})
    assert answer.status_code == 302
    assert Prescription.objects.get().status == "signed"


def test_the_doctor_answers_the_pharmacists_question_and_stops_with_a_reason(at_desk, pharmacist):
    prescription = make.prescription()
    query_prescription(prescription=prescription, question="Which dose?", by=pharmacist)
    assert "Which dose?" in panel(at_desk, prescription.encounter)
    address = reverse("pharmacy:prescription-answer", args=[prescription.pk])
    assert at_desk.post(address, {"_once": new_key(), "answer": ""}).status_code == 422
    assert at_desk.post(address, {"_once": new_key(), "answer": "500 mg"}).status_code == 302
    item = prescription.items.get()
    stop = reverse("pharmacy:item-stop", args=[item.pk])
    assert at_desk.get(stop).status_code == 200
    assert at_desk.post(stop, {"_once": new_key(), "reason": ""}).status_code == 422
    assert at_desk.post(stop, {"_once": new_key(), "reason": "rash"}).status_code == 302
    item.refresh_from_db()
    assert (item.status, item.stop_reason) == ("stopped", "rash")


def test_a_draft_left_unsigned_is_pointed_out_after_the_consultation(at_desk, encounter):
    add(at_desk, encounter, make.medicine("forgottenol"))
    type(encounter).objects.filter(pk=encounter.pk).update(status="left")
    shown = panel(at_desk, encounter)
    assert "never signed" in shown
    assert "Forgottenol" in shown


def test_the_chart_shows_what_the_patient_takes(at_desk):
    prescription = make.prescription(make.order(make.medicine("shownol")))
    page = at_desk.get(reverse("patients:patient-detail", args=[prescription.patient_id])).content.decode()
    assert "Shownol" in page
    assert "Takes now" in page


@pytest.mark.parametrize("language", ["km", "zh-hans"])
def test_the_panel_renders_in_every_language(client_for, doctor, encounter, language):
    doctor.language = language
    doctor.save()
    client = client_for("doctor")
    assert add(client, encounter, make.medicine()).status_code == 302
    assert 'id="pharmacy"' in panel(client, encounter)


def test_the_panel_costs_the_same_with_one_item_and_with_three(at_desk, query_count):
    def statements(count):
        encounter = make.encounter()
        for number in range(count):
            add(at_desk, encounter, make.medicine(f"medicine {encounter.pk.hex[:6]} {number}"))
        panel(at_desk, encounter)
        with query_count() as queries:
            panel(at_desk, encounter)
        return queries.count

    assert statements(1) == statements(3)


def test_who_may_not_prescribe_is_turned_away(client_for, encounter):
    medicine = make.medicine()
    for role in ("nurse", "pharmacist", "receptionist", "auditor"):
        assert add(client_for(role), encounter, medicine).status_code == 403
    assert not PrescriptionItem.objects.exists()
