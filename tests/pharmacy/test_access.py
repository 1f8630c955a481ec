"""Who gets in: every address by role, by hospital and for what does not exist."""

import uuid

import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context

from core.once import new_key
from pharmacy.models import BatchBalance, GoodsReceipt
from pharmacy.services.dispensing import prepare_dispense, review_prescription
from pharmacy.urls import urlpatterns
from tests.factories import pharmacy as make

WITHOUT_RIGHTS = {"receptionist", "cashier", "labtech"}
LISTS = {
    "stock-list",
    "adjustment-list",
    "medicine-list",
    "medicine-options",
    "interaction-list",
    "receipt-new",
    "medicine-new",
}


@pytest.fixture
def next_door(royal, pharmacist):
    """One of everything in the hospital next door, by the name of its address."""
    from accounts.models import User

    with tenant_context(royal):
        medicine = make.medicine()
        batch = make.in_stock(medicine, 100)
        by = User.objects.get(username="pharmacist")
        prescription = review_prescription(prescription=make.prescription(make.order(medicine)), by=by)
        bag = prepare_dispense(prescription=prescription, location=make.store(), by=by)
        return {
            "prescriptions": prescription.pk,
            "dispenses": bag.pk,
            "lines": bag.lines.get().pk,
            "patients": prescription.patient_id,
            "encounters": prescription.encounter_id,
            "items": prescription.items.get().pk,
            "batches": batch.pk,
            "balances": BatchBalance.objects.get(batch=batch).pk,
            "receipts": GoodsReceipt.objects.get().pk,
            "adjustments": uuid.uuid4(),
            "formulary": medicine.pk,
        }


def addresses(ids):
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        if "<uuid" not in route:
            continue
        noun = route.split("<uuid")[0].strip("/").split("/")[-1]
        yield pattern.name, reverse(f"pharmacy:{pattern.name}", args=[ids[noun]])


def test_every_address_with_an_id_answers_404_for_another_hospitals_and_for_no_ones(samaki, client_for, next_door):
    people = [client_for(name) for name in ("pharmacist", "doctor", "owner")]
    for ids in (next_door, dict.fromkeys(next_door, uuid.uuid4())):
        for name, address in addresses(ids):
            answers = {client.get(address).status_code for client in people}
            answers |= {client.post(address, {"_once": new_key()}).status_code for client in people}
            assert 404 in answers, name
            assert answers <= {403, 404, 405}, name


def test_every_address_is_open_to_somebody_and_closed_to_those_without_the_right(samaki, client_for, next_door):
    for username in WITHOUT_RIGHTS:
        client = client_for(username)
        for name, address in addresses(next_door):
            assert client.get(address).status_code == 403, (username, name)
        for name in {*LISTS, "prescription-list"}:
            assert client.get(reverse(f"pharmacy:{name}")).status_code == 403, (username, name)


def test_every_view_declares_a_permission():
    for pattern in urlpatterns:
        assert getattr(pattern.callback, "permission", None), pattern.name


def test_nobody_enters_without_signing_in(samaki, client_for):
    for name in sorted({*LISTS, "prescription-list"}):
        assert client_for(None).get(reverse(f"pharmacy:{name}")).status_code == 302


def test_a_restricted_patient_is_hidden_from_the_chart_readers_but_not_from_the_counter(samaki, client_for, doctor2):
    prescription = make.prescription()
    patient = prescription.patient
    patient.confidentiality = "restricted"
    patient.save()
    role = doctor2.assignments.get().role
    role.permissions = [code for code in role.permissions if code != "patient:view_restricted"]
    role.save()
    item = prescription.items.get()
    assert client_for("doctor2").get(reverse("pharmacy:item-stop", args=[item.pk])).status_code == 404
    assert client_for("doctor").get(reverse("pharmacy:item-stop", args=[item.pk])).status_code == 200
    page = reverse("pharmacy:prescription-detail", args=[prescription.pk])
    assert client_for("pharmacist").get(page).status_code == 200
