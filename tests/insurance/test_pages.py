"""The pages of payers, contracts and coverages, and choosing who pays."""

import pytest

from core.ids import new_id
from insurance.models import Authorisation, Contract, Coverage, EligibilityCheck, Payer, VisitCoverage
from tests.factories import billing as make
from tests.factories import clinical as clinic
from tests.factories import insurance as insure
from tests.factories.queueing import department


def once(**fields):
    return {"_once": str(new_id()), **fields}


@pytest.fixture
def desk(client_for, samaki):
    return client_for("cashier")


def test_the_schemes_of_the_country_stand_ready_and_switched_off(samaki, client_for):
    assert {payer.code: payer.active for payer in Payer.objects.all()} == {
        "HEF_Poor": False, "HEF_Informal": False, "NSSF": False,
    }  # fmt: skip
    rates = Contract.objects.get(payer__code="NSSF").case_rates
    assert {rate.code: int(rate.amount) for rate in rates.all()}["OPD"] == 6_000
    page = client_for("accountant").get("/insurance/payers/").content.decode()
    assert "National Social Security Fund" in page


def test_an_accountant_makes_a_contract_with_a_rule(samaki, client_for):
    office = client_for("accountant")
    names = {"name_en": "Forte", "name_km": "", "name_zh_hans": ""}
    office.post("/insurance/payers/new/", once(
        code="FORTE", kind="insurer", visit_payer="insurance", appeal_days="14", active="on", **names))  # fmt: skip
    payer = Payer.objects.get(code="FORTE")
    terms = {"copay_fixed": "0", "deductible": "5", "visit_cap": "", "year_cap": "500", "percent": "20", "active": "on"}
    dates = {"valid_from": "2026-01-01", "valid_to": "", "currency": "USD", "payment": "item"}
    address = f"/insurance/payers/{payer.pk}/contracts/new/"
    assert office.post(address, once(code="F-1", **names, **dates, **terms)).status_code == 302
    contract = Contract.objects.get(code="F-1")
    assert (str(contract.copay_rate), contract.year_cap) == ("0.2000", 500)
    bad = office.post(f"/insurance/contracts/{contract.pk}/rules/", once(service_code="A", category="ward"))
    assert bad.status_code == 422
    office.post(f"/insurance/contracts/{contract.pk}/rules/", once(service_code="SPA", excluded="on"))
    page = office.get(f"/insurance/contracts/{contract.pk}/").content.decode()
    assert "SPA" in page
    assert client_for("doctor").get(f"/insurance/contracts/{contract.pk}/").status_code == 403


def test_a_card_is_recorded_checked_and_authorised(desk):
    patient, terms = make.new_visit().patient, insure.contract()
    address = f"/insurance/patients/{patient.pk}/new/"
    backwards = once(contract=terms.pk, member_number="1", valid_from="2026-05-01", valid_to="2026-04-01")
    assert desk.post(address, backwards).status_code == 422
    desk.post(address, once(contract=terms.pk, member_number="ABC-77", valid_from="2026-01-01"))
    card = Coverage.objects.get()
    desk.post(f"/insurance/coverages/{card.pk}/check/", once(outcome="eligible", reference="R-1"))
    assert EligibilityCheck.objects.get().way == "manual"
    desk.post(f"/insurance/coverages/{card.pk}/authorisations/new/", once(category="imaging"))
    asked = Authorisation.objects.get()
    answer = f"/insurance/authorisations/{asked.pk}/"
    assert desk.post(answer, once(verb="grant", valid_from="2026-01-01")).status_code == 422
    desk.post(answer, once(verb="grant", number="PA-9", valid_from="2026-01-01", valid_to="2026-12-31"))
    asked.refresh_from_db()
    assert (asked.scope, asked.status) == ("category:imaging", "granted")
    page = desk.get(f"/insurance/coverages/{card.pk}/").content.decode()
    assert "ABC-77" in page
    assert "PA-9" in page
    assert "ABC-77" in desk.get(f"/insurance/patients/{patient.pk}/").content.decode()


def test_who_pays_is_chosen_at_the_desk_and_shown_before_treatment(desk):
    make.rate()
    visit = make.charge("10.00").visit
    card = insure.coverage(visit.patient, insure.contract(copay_rate="0.3"))
    page = desk.get(f"/billing/visits/{visit.pk}/cover/").content.decode()
    assert str(card.pk) in page
    desk.post(f"/billing/visits/{visit.pk}/cover/choose/", once(coverage=card.pk))
    page = desk.get(f"/billing/visits/{visit.pk}/cover/").content.decode()
    assert "7.00" in page
    assert "3.00" in page
    desk.post(f"/billing/visits/{visit.pk}/collect/", once())
    invoice = visit.invoices.get()
    assert "Paid by others" in desk.get(f"/billing/invoices/{invoice.pk}/").content.decode()


def test_the_enrolment_offers_the_patients_valid_cards(client_for, samaki):
    clinic.price_consultations()
    rate, patient = insure.scheme(), make.new_visit().patient
    patient.visits.update(status="cancelled", closed_at="2026-01-01T00:00Z")
    client = client_for("receptionist")

    from django.urls import reverse

    address = reverse("clinical:visit-enrol", args=[patient.pk], urlconf="config.urls_portal")
    assert 'name="coverage"' not in client.get(address).content.decode()
    card = insure.coverage(patient, rate.contract)
    assert 'name="coverage"' in client.get(address).content.decode()
    place = department("OPD")
    sent = {"kind": "outpatient", "branch": place.branch_id, "department": place.pk, "payer": "self"}
    without = client.post(address, once(**sent, priority="normal", coverage=card.pk))
    assert without.status_code == 422
    client.post(address, once(**sent, priority="normal", coverage=card.pk, case_rate=rate.pk))
    row = VisitCoverage.objects.get()
    assert (row.visit.payer, row.cap) == ("nssf", 6_000)
