"""From the doctor's search box to the patient's hand, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from clinical.models import Allergy
from pharmacy.models import DispenseLine, Medicine, Prescription, SafetyWarning, StockMovement
from tests.factories import pharmacy as make


@pytest.fixture
def consultation(web_db, staff):
    encounter = make.encounter()
    Allergy.objects.create(patient=encounter.patient, substance="penicillin", recorded_by=staff("doctor"))
    for code in ("AMOXICILLIN-500-MG-CAP", "PARACETAMOL-500-MG-TAB"):
        make.in_stock(Medicine.objects.get(code=code), 200)
    return encounter


def add(page, text, medicine):
    page.fill("#rx-search", text)
    page.locator("#rx-found").get_by_role("link", name=medicine).click()
    expect(page.locator("#rx-item [name=dose]")).to_be_visible()


def test_a_doctor_prescribes_on_one_page_and_the_pharmacist_hands_over(page_for, consultation):
    page = page_for("doctor", at=f"/clinic/encounters/{consultation.pk}/")
    note = page.locator("textarea[name=subjective]")
    note.fill("Fever for two days")
    add(page, "panadol", "Paracetamol 500 mg tablet")
    page.get_by_role("button", name="Put on the prescription").click()
    expect(page.locator("#pharmacy")).to_contain_text("Quantity: 15 × tablet")
    add(page, "amox", "Amoxicillin 500 mg capsule")
    expect(page.locator("#rx-item")).to_contain_text("allergic to penicillin")
    page.get_by_role("button", name="Put on the prescription").click()
    reason = page.locator("#rx-item [name=reason]")
    reason.fill("Tolerated amoxicillin last year")
    page.get_by_role("button", name="Put on the prescription").click()
    expect(page.locator("#pharmacy")).to_contain_text("Reason: Tolerated amoxicillin last year")
    expect(note).to_have_value("Fever for two days")
    page.get_by_role("button", name="Sign and send to the pharmacy").click()
    expect(page.locator("#pharmacy")).to_contain_text("RX-")
    expect(note).to_have_value("Fever for two days")
    prescription = Prescription.objects.get(encounter=consultation)
    assert SafetyWarning.objects.get(kind="allergy", item__prescription=prescription).reason

    page = page_for("pharmacist", at="/pharmacy/")
    page.get_by_role("link", name=prescription.label).click()
    page.get_by_role("button", name="Reviewed, fit to dispense").press("Enter")
    page.get_by_role("button", name="Reserve these medicines").press("Enter")
    expect(page.locator("#bag")).to_contain_text("reserved until")
    expect(page.locator("#bag")).to_contain_text("Payment is outstanding")
    page.fill("[name=unpaid_reason]", "Pays at the cashier's desk on the way out")
    page.get_by_role("button", name="Hand over to the patient").press("Enter")
    expect(page.locator(".page-head")).to_contain_text("Dispensed")
    page.wait_for_url(re.compile(rf"/pharmacy/prescriptions/{prescription.pk}/$"))
    lines = DispenseLine.objects.filter(item__prescription=prescription).values("pk")
    moved = StockMovement.objects.filter(kind="dispense", source_id__in=lines)
    assert list(moved.values_list("quantity", flat=True)) == [-15, -15]
