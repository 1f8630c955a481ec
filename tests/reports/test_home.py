"""The first page: what waits for each person now, ten rows of each list, the next act one click away."""

import re

import pytest

from billing.services.shifts import close_shift, count_shift
from clinical.services.notes import save_draft, sign_note
from laboratory.models import CriticalAlert
from patients.states import Confidentiality
from pharmacy.services.dispensing import prepare_dispense, review_prescription
from tests.factories import billing as money
from tests.factories import laboratory as bench
from tests.factories import pharmacy as shelf
from tests.factories.clinical import enrol, price_consultations
from tests.factories.queueing import make_patient, make_ticket

WORDS = {"subjective": "Cough", "objective": "", "assessment": "", "plan": ""}


@pytest.fixture
def home(client_for):
    """``home("nurse")`` is the text of that person's first page."""

    def page(username):
        answer = client_for(username).get("/")
        assert answer.status_code == 200
        return answer.content.decode()

    return page


@pytest.fixture(autouse=True)
def prices(samaki):
    price_consultations()


def panel(html, title):
    """The part of the page that stands under a heading, whitespace folded."""
    found = re.search(rf"<h2[^>]*>(?:<svg.*?</svg>)?\s*{re.escape(title)}</h2>(.*?)</section>", html, re.DOTALL)
    return " ".join(found[1].split()) if found else ""


# --- One row of each list for one person, made by the departments' own acts -------------------------------------------


def waiting_patient(doctor, receptionist):
    return enrol(by=receptionist, practitioner=doctor).encounter


def draft_note(doctor):
    encounter = bench.encounter()
    return save_draft(encounter=encounter, texts=WORDS, version=0, by=doctor)


def test_the_desk_finds_and_registers_patients_and_sees_who_waits(home, doctor, receptionist):
    encounter = waiting_patient(doctor, receptionist)
    html = home("receptionist")
    assert 'action="/patients/"' in html
    assert 'href="/patients/new/"' in html
    assert encounter.ticket.label in panel(html, "Who waits")
    assert f'href="/queue/tickets/{encounter.ticket_id}/"' in panel(html, "Who waits")


def test_the_nurse_sees_whom_to_triage_and_what_to_collect(home, doctor, receptionist):
    encounter = waiting_patient(doctor, receptionist)
    order = bench.order("HGB")
    html = home("nurse")
    assert f'href="/clinic/encounters/{encounter.pk}/vitals/"' in panel(html, "To triage")
    assert f'href="/laboratory/orders/{order.pk}/collect/"' in panel(html, "Specimens to collect")


def test_the_doctor_calls_the_next_patient_from_the_first_page(home, doctor, receptionist, client_for):
    encounter = waiting_patient(doctor, receptionist)
    mine = panel(home("doctor"), "My patients")
    address = f"/clinic/queues/{encounter.ticket.queue_id}/call-next/"
    assert encounter.patient.full_name in mine
    assert f'action="{address}"' in mine
    once = re.search(rf'action="{address}".*?name="_once" value="([^"]+)"', mine)[1]
    assert client_for("doctor").post(address, {"_once": once})["Location"] == "/clinic/"
    encounter.ticket.refresh_from_db()
    assert encounter.ticket.status == "called"


def test_the_doctor_sees_results_to_read_and_notes_to_sign_until_done(home, doctor):
    specimen = bench.released({"HGB": "12.8"})
    note = draft_note(doctor)
    html = home("doctor")
    assert f'href="/laboratory/orders/{specimen.order_id}/"' in panel(html, "Results to read")
    assert f'href="/clinic/encounters/{note.encounter_id}/#note"' in panel(html, "Notes to sign")
    sign_note(encounter=note.encounter, version=note.version, by=doctor)
    assert "Every note is signed" in panel(home("doctor"), "Notes to sign")
    assert "You have read every result." in panel(home("doctor2"), "Results to read")


def test_the_laboratory_sees_each_step_with_its_act(home):
    waiting, taken = bench.order("HGB"), bench.collected("HGB")[0]
    there, typed = bench.received("HGB"), bench.submitted({"HGB": "12.8"})
    html = home("labtech2")
    assert f'href="/laboratory/orders/{waiting.pk}/collect/"' in panel(html, "Specimens to collect")
    assert taken.accession in panel(html, "Specimens to receive")
    assert f'href="/laboratory/specimens/{there.pk}/results/"' in panel(html, "Results to enter")
    assert f'href="/laboratory/specimens/{typed.pk}/verify/"' in panel(html, "Results to verify")


def test_a_critical_result_stands_first_for_everyone_who_cares_and_only_while_it_is_open(home):
    assert "Critical results</h2>" not in home("doctor")
    specimen = bench.released({"K": "7.9"})
    assert CriticalAlert.objects.filter(result__item__order=specimen.order).exists()
    for username in ("doctor", "nurse", "labtech"):
        assert f"/laboratory/orders/{specimen.order_id}/" in panel(home(username), "Critical results")
    assert "Note a call" in panel(home("labtech"), "Critical results")
    assert "Note a call" not in panel(home("nurse"), "Critical results")
    assert not panel(home("cashier"), "Critical results")


def test_the_pharmacy_sees_what_to_review_what_to_hand_over_and_what_expires(home, pharmacist):
    first = shelf.medicine()
    shelf.in_stock(first, 100, days=400)
    soon = shelf.in_stock(shelf.medicine(), 40, days=20)
    waiting = shelf.prescription()
    ready = shelf.prescription(shelf.order(first))
    bag(ready, pharmacist)
    html = home("pharmacist")
    assert f'href="/pharmacy/prescriptions/{waiting.pk}/"' in panel(html, "To review and dispense")
    assert f'href="/pharmacy/prescriptions/{ready.pk}/"' in panel(html, "Prepared, to hand over")
    assert f'href="/pharmacy/stock/batches/{soon.pk}/"' in panel(html, "Expires soon")


def test_the_cashier_is_told_to_open_a_shift_and_sees_whom_to_charge(home, cashier):
    invoice = money.invoice(("10.00", "USD"))
    pending = money.charge("4.00").visit
    till = panel(home("cashier"), "To collect")
    assert 'href="/billing/shifts/open/"' in till
    assert f'href="/billing/invoices/{invoice.pk}/pay/"' in till
    assert f'action="/billing/visits/{pending.pk}/collect/"' in till
    shift = money.shift(cashier)
    till = panel(home("cashier"), "To collect")
    assert f'href="/billing/shifts/{shift.pk}/"' in till
    assert 'href="/billing/shifts/open/"' not in till


def test_the_accountant_sees_closed_shifts_to_accept_and_asks_for_the_figures(home, cashier):
    shift = closed_shift(cashier)
    html = home("accountant")
    assert f'href="/billing/shifts/{shift.pk}/"' in panel(html, "Shifts to accept")
    assert 'hx-get="/figures/"' in html
    assert "Shifts to accept</h2>" not in home("cashier2")


def bag(prescription, pharmacist):
    review_prescription(prescription=prescription, by=pharmacist)
    prepare_dispense(prescription=prescription, location=shelf.store(), by=pharmacist)


def closed_shift(cashier, code="D1"):
    shift = money.shift(cashier, code=code)
    count_shift(shift=shift, counts=money.FLOAT, by=cashier)
    return close_shift(shift=shift, reasons={}, by=cashier)


# --- Bounds -----------------------------------------------------------------------------------------------------------


def test_a_panel_shows_ten_rows_and_the_way_to_the_whole_list(home, receptionist):
    for _ in range(12):
        make_ticket(by=receptionist)
    waiting = panel(home("receptionist"), "Who waits")
    assert waiting.count("<tr") == 10
    assert 'href="/queue/"' in waiting


def test_a_restricted_patient_is_not_on_the_first_page_of_who_may_not_read_the_record(home, doctor, receptionist):
    patient = make_patient(by=receptionist)
    enrol(by=receptionist, patient=patient, practitioner=doctor)
    assert patient.full_name in panel(home("receptionist"), "Who waits")
    assert patient.full_name in panel(home("nurse"), "To triage")
    patient.confidentiality = Confidentiality.RESTRICTED
    patient.save()
    assert patient.full_name not in panel(home("receptionist"), "Who waits")
    assert patient.full_name in panel(home("cashier"), "To collect")  # who stands at the desk pays
    assert patient.full_name in panel(home("nurse"), "To triage")


def test_empty_panels_say_what_to_do(home):
    assert "The next patient who is enrolled appears here." in panel(home("nurse"), "To triage")
    assert "Whoever is enrolled for a visit gets a number" in panel(home("receptionist"), "Who waits")
    assert "What a doctor signs appears here at once." in panel(home("pharmacist"), "To review and dispense")
    assert "A visit appears here with its first charge." in panel(home("cashier"), "To collect")


def test_the_page_asks_again_for_its_lists_only(client_for, doctor, receptionist):
    encounter = waiting_patient(doctor, receptionist)
    fragment = client_for("nurse").get("/", headers={"HX-Request": "true"}).content.decode()
    assert encounter.patient.full_name in fragment
    assert "<html" not in fragment


STATEMENTS = {
    "receptionist": 6,
    "nurse": 15,
    "doctor": 18,
    "labtech": 24,
    "pharmacist": 12,
    "cashier": 14,
    "accountant": 21,
}


def test_the_first_page_costs_the_same_with_one_and_with_three_rows(
    client_for, query_count, doctor, receptionist, pharmacist, cashier, cashier2
):
    medicine = shelf.medicine()
    shelf.in_stock(medicine, 500)

    def one_of_everything():
        waiting_patient(doctor, receptionist)
        draft_note(doctor)
        bench.order("HGB")
        bench.collected("HGB")
        bench.received("HGB")
        bench.submitted({"HGB": "12.8"})
        bench.released({"K": "7.9"})
        shelf.in_stock(shelf.medicine(), 40, days=20)
        shelf.prescription()
        bag(shelf.prescription(shelf.order(medicine)), pharmacist)
        money.charge("4.00")

    def statements(username):
        client = client_for(username)
        client.get("/")  # what a process keeps for seconds, as the hospital of a host, is not the page's cost
        with query_count() as queries:
            client.get("/")
        return queries

    one_of_everything()
    closed_shift(cashier)
    one = {username: statements(username) for username in STATEMENTS}
    one_of_everything()
    one_of_everything()
    closed_shift(cashier2, code="D2")
    three = {username: statements(username) for username in STATEMENTS}
    grown = [f"{who}: {one[who]}\n---\n{three[who]}" for who in STATEMENTS if one[who].count != three[who].count]
    assert grown == []
    assert {who: queries.count for who, queries in three.items() if queries.count > STATEMENTS[who]} == {}
