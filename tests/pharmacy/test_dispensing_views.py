"""The pharmacist's screens, walked as a browser does."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from billing.models import Charge
from clinical.models import Allergy
from core.once import new_key
from core.preferences import set_preference
from pharmacy.models import BatchBalance, Dispense, StockMovement
from pharmacy.services.dispensing import prepare_dispense, review_prescription
from pharmacy.services.handing_over import hand_over
from tests.factories import pharmacy as make

pytestmark = pytest.mark.usefixtures("samaki")


@pytest.fixture
def counter(client_for):
    return client_for("pharmacist")


@pytest.fixture
def medicine():
    made = make.medicine("walkamol")
    make.in_stock(made, 100, lot="WALK1")
    return made


def go(client, name, pk, **data):
    return client.post(reverse(f"pharmacy:{name}", args=[pk]), {"_once": new_key(), **data})


def shown(client, prescription):
    return client.get(reverse("pharmacy:prescription-detail", args=[prescription.pk])).content.decode()


def prepare_data(prescription, quantity="15", **fields):
    item = prescription.items.get()
    return {f"{item.pk}-quantity": quantity, **{f"{item.pk}-{name}": value for name, value in fields.items()}}


def words(response):
    assert response["Content-Type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    return " ".join(text.split())


def test_a_prescription_walks_from_the_worklist_to_the_patient(counter, medicine, owner):
    set_preference("pharmacy.pay_first", False, by=owner)
    prescription = make.prescription(make.order(medicine))
    listed = counter.get(reverse("pharmacy:prescription-list")).content.decode()
    assert prescription.label in listed
    assert "Reviewed, fit to dispense" in shown(counter, prescription)
    assert go(counter, "prescription-review", prescription.pk).status_code == 302
    assert 'id="prepare"' in shown(counter, prescription)
    assert go(counter, "dispense-prepare", prescription.pk, **prepare_data(prescription)).status_code == 302
    bag = Dispense.objects.get()
    page = shown(counter, prescription)
    assert "WALK1" in page
    assert "USD" in page
    assert prescription.label in counter.get(reverse("pharmacy:prescription-list"), {"tab": "ready"}).content.decode()
    assert go(counter, "dispense-hand-over", bag.pk).status_code == 302
    prescription.refresh_from_db()
    assert prescription.status == "dispensed"
    assert StockMovement.objects.get(kind="dispense").quantity == -15
    line = bag.lines.get()
    back = reverse("pharmacy:line-return", args=[line.pk])
    assert counter.get(back).status_code == 200
    assert go(counter, "line-return", line.pk, quantity="16", destination="stock", reason="x").status_code == 422
    assert go(counter, "line-return", line.pk, quantity="5", destination="stock", reason="sealed").status_code == 302
    assert Charge.objects.exclude(status="cancelled").get().quantity == 10
    assert counter.get(reverse("pharmacy:prescription-list"), {"tab": "done"}).status_code == 200


def test_handing_over_twice_gives_once(counter, medicine, owner):
    set_preference("pharmacy.pay_first", False, by=owner)
    bag = prepared(medicine)
    data = {"_once": new_key()}
    address = reverse("pharmacy:dispense-hand-over", args=[bag.pk])
    first, again = counter.post(address, data), counter.post(address, data)
    assert first["Location"] == again["Location"]
    another_tab = counter.post(address, {"_once": new_key()})
    assert another_tab.status_code == 422
    assert StockMovement.objects.filter(kind="dispense").count() == 1


def prepared(medicine, by=None, **order):
    from accounts.models import User

    by = by or User.objects.get(username="pharmacist")
    prescription = review_prescription(prescription=make.prescription(make.order(medicine, **order)), by=by)
    return prepare_dispense(prescription=prescription, location=make.store(), by=by)


@pytest.mark.parametrize("quantity", ["16", "-1", "abc", "1.5", "0"])
def test_an_impossible_quantity_reserves_nothing(counter, medicine, pharmacist, quantity):
    prescription = review_prescription(prescription=make.prescription(make.order(medicine)), by=pharmacist)
    refused = go(counter, "dispense-prepare", prescription.pk, **prepare_data(prescription, quantity))
    assert refused.status_code == 422
    assert not Dispense.objects.exists()
    assert BatchBalance.objects.get().reserved == 0


def test_an_unknown_batch_is_refused_and_another_batch_asks_for_a_reason(counter, medicine, pharmacist):
    later = make.in_stock(medicine, 100, days=900)
    prescription = review_prescription(prescription=make.prescription(make.order(medicine)), by=pharmacist)
    for batch, status in (("00000000-0000-0000-0000-000000000000", 422), (later.pk, 422)):
        data = prepare_data(prescription, "15", batch=str(batch))
        assert go(counter, "dispense-prepare", prescription.pk, **data).status_code == status
    data = prepare_data(prescription, "15", batch=str(later.pk), reason="first box is damaged")
    assert go(counter, "dispense-prepare", prescription.pk, **data).status_code == 302


def test_payment_first_waits_and_a_reason_needs_the_permission(counter, client_for, medicine, pharmacist):
    bag = prepared(medicine)
    page = shown(counter, bag.prescription)
    assert "Payment is outstanding" in page
    assert go(counter, "dispense-hand-over", bag.pk).status_code == 422
    role = pharmacist.assignments.get().role
    role.permissions = [code for code in role.permissions if code != "dispense:override_payment"]
    role.save()
    assert go(client_for("pharmacist"), "dispense-hand-over", bag.pk, unpaid_reason="later").status_code == 403
    role.permissions = [*role.permissions, "dispense:override_payment"]
    role.save()
    assert go(client_for("pharmacist"), "dispense-hand-over", bag.pk, unpaid_reason="later").status_code == 302


def test_a_second_pharmacist_checks_a_high_alert_medicine(counter, client_for, owner):
    set_preference("pharmacy.pay_first", False, by=owner)
    medicine = make.medicine("insulin", high_alert=True)
    make.in_stock(medicine, 100)
    bag = prepared(medicine)
    page = shown(counter, bag.prescription)
    assert "another pharmacist checks it first" in page
    assert "Second check is right" not in page
    assert go(counter, "dispense-check", bag.pk).status_code == 409
    second = client_for("pharmacist2")
    assert "Second check is right" in shown(second, bag.prescription)
    assert go(second, "dispense-check", bag.pk).status_code == 302
    assert go(counter, "dispense-hand-over", bag.pk).status_code == 302


def test_a_new_allergy_is_shown_on_the_bag_and_needs_a_reason(counter, doctor, owner):
    set_preference("pharmacy.pay_first", False, by=owner)
    medicine = make.medicine("amoxicillin", atc="J01CA04")
    make.in_stock(medicine, 100)
    bag = prepared(medicine)
    Allergy.objects.create(patient=bag.prescription.patient, substance="penicillin", recorded_by=doctor)
    item = bag.lines.get().item
    assert f"reason_{item.pk}" in shown(counter, bag.prescription)
    assert go(counter, "dispense-hand-over", bag.pk).status_code == 422
    assert go(counter, "dispense-hand-over", bag.pk, **{f"reason_{item.pk}": "doctor agrees"}).status_code == 302


def test_a_question_and_putting_back(counter, medicine):
    bag = prepared(medicine)
    assert go(counter, "prescription-query", bag.prescription_id, question="").status_code == 422
    assert go(counter, "prescription-query", bag.prescription_id, question="Sure?").status_code == 302
    assert "Waiting for the answer" in shown(counter, bag.prescription)
    assert go(counter, "dispense-cancel", bag.pk, reason="").status_code == 409
    assert go(counter, "dispense-cancel", bag.pk, reason="not fetched").status_code == 302
    assert BatchBalance.objects.get().reserved == 0


# --- Papers -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Take 1 (one) tablet by mouth three times a day for 5 days."), ("km", "WALK1"), ("zh-hans", "WALK1")],
)
def test_the_label_speaks_the_patients_language_and_names_lot_and_expiry(counter, medicine, language, said):
    bag = prepared(medicine)
    patient = bag.prescription.patient
    patient.preferred_language = language
    patient.save()
    text = words(counter.get(reverse("pharmacy:dispense-labels", args=[bag.pk])))
    assert said in text
    assert "WALK1" in text
    assert language != "en" or "15 tablets" in text
    assert patient.mrn in text
    assert bag.lines.get().batch.expires_on.isoformat() in text


def test_a_long_label_shrinks_and_stays_on_one_sticker_for_each_lot(counter, pharmacist):
    medicine = make.medicine("amoxicillin and clavulanic acid", strength="625 mg (500/125)")
    make.in_stock(medicine, 100)
    bag = prepared(medicine, as_needed=True, instructions="Take it after meals with a glass of water. " * 11)
    answer = counter.get(reverse("pharmacy:dispense-labels", args=[bag.pk]))
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 1
    assert float(pages[0].mediabox.width) == pytest.approx(198.4, abs=1)  # 70 mm


def test_the_medicines_list_names_what_is_taken(counter, client_for, medicine, owner, pharmacist):
    set_preference("pharmacy.pay_first", False, by=owner)
    bag = hand_over(dispense=prepared(medicine), by=pharmacist)
    patient = bag.prescription.patient
    patient.preferred_language = "en"
    patient.save()
    address = reverse("pharmacy:patient-medicines", args=[patient.pk])
    assert "Walkamol" in words(counter.get(address))
    assert client_for("cashier").get(address).status_code == 403


# --- Lists ------------------------------------------------------------------------------------------------------------
def test_the_worklist_is_searched_by_number_and_by_patient(counter):
    prescription = make.prescription()
    other = make.prescription(at=make.encounter(make.open_a_visit(department=other_department())))
    address = reverse("pharmacy:prescription-list")
    for text in (
        prescription.label,
        str(prescription.number),
        prescription.patient.mrn,
        prescription.patient.given_name,
    ):
        page = counter.htmx(address, {"q": text}).content.decode()
        assert prescription.label in page, text
    assert other.label not in counter.htmx(address, {"q": prescription.label}).content.decode()


def other_department():
    from accounts.models import Department

    return Department.objects.get(code="ER")


def test_the_worklist_and_the_page_cost_the_same_with_one_row_and_with_three(
    counter, query_count, medicine, pharmacist
):
    address = reverse("pharmacy:prescription-list")

    def cost(path):
        counter.get(path)
        with query_count() as queries:
            counter.get(path)
        return queries.count

    make.prescription(make.order(medicine))
    one = cost(address)
    others = [make.medicine(f"other{number}") for number in range(3)]
    for _ in range(2):
        make.prescription(make.order(medicine))
    assert cost(address) == one
    small = review_prescription(prescription=make.prescription(make.order(medicine)), by=pharmacist)
    large = review_prescription(prescription=make.prescription(*map(make.order, others)), by=pharmacist)
    pages = [reverse("pharmacy:prescription-detail", args=[row.pk]) for row in (small, large)]
    assert cost(pages[0]) == cost(pages[1])
