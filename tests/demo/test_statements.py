"""How many SQL statements each page of the working day may cost. The bound is what it costs today: raise it knowingly.

Lists cost the same with one row and with three.
"""

import pytest
from django.urls import reverse

from core.once import FIELD, new_key
from queueing.services.displays import create_display
from tests.factories import billing, clinical, laboratory
from tests.factories.patients import patient, somebody
from tests.factories.queueing import make_queue, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def cost(query_count):
    """Statements of the second, warm asking."""

    def measure(ask, *, status=200):
        ask()
        with query_count() as queries:
            answer = ask()
        assert answer.status_code == status
        return queries.count

    return measure


def acting(**data):
    return {FIELD: new_key(), **data}


def prices():
    clinical.price_consultations()
    billing.rate()


@pytest.mark.parametrize(("text", "most"), [("sok", 6), ("sok bana", 7), ("0129", 7)])
def test_a_search_while_typing(client_for, cost, text, most):
    client = client_for("receptionist")
    patient()

    def search():
        return client.htmx("/patients/", {"q": text})

    one = cost(search)
    patient(), patient()
    assert cost(search) == one <= most


def test_the_chart(client_for, cost, receptionist, doctor):
    prices()
    client = client_for("doctor")
    seen = clinical.in_consultation(doctor=doctor, by=receptionist).patient
    assert cost(lambda: client.get(f"/patients/{seen.pk}/")) <= 18


@pytest.mark.parametrize(
    ("person", "page", "most"),
    [
        ("doctor", "clinical:worklist", 10),
        ("nurse", "clinical:triage-list", 7),
        ("cashier", "billing:worklist", 7),
        ("receptionist", "queueing:queue-list", 5),
    ],
)
def test_a_worklist(client_for, cost, receptionist, doctor, person, page, most):
    prices()
    client = client_for(person)

    def more(number):
        for _ in range(number):
            clinical.enrol(by=receptionist, practitioner=doctor)

    more(1)
    one = cost(lambda: client.get(reverse(page, urlconf="config.urls_portal")))
    more(2)
    assert cost(lambda: client.get(reverse(page, urlconf="config.urls_portal"))) == one <= most


def test_the_laboratory_worklist(client_for, cost):
    client = client_for("labtech")
    laboratory.order("HGB")
    one = cost(lambda: client.get("/laboratory/"))
    laboratory.order("HGB"), laboratory.order("HGB")
    assert cost(lambda: client.get("/laboratory/")) == one <= 12


def test_the_invoice_page(client_for, cost):
    invoice = billing.invoice()
    client = client_for("cashier")
    assert cost(lambda: client.get(f"/billing/invoices/{invoice.pk}/")) <= 14


def test_registration(client_for, query_count):
    client = client_for("receptionist")
    details = somebody()
    data = acting(
        **{name: str(value) for name, value in details.items()},
        phone_other="",
        nationality="KH",
        preferred_language="km",
        contact_name="Sok Chanthy",
        contact_relationship="mother",
        contact_phone="012 999 888",
    )
    with query_count() as queries:
        answer = client.post("/patients/new/", data)
    assert answer.status_code == 302
    assert queries.count <= 19


def test_a_payment(client_for, query_count):
    billing.shift()
    invoice = billing.invoice()
    client = client_for("cashier")
    data = acting(usd="10", khr="", due="10.00")
    with query_count() as queries:
        answer = client.post(f"/billing/invoices/{invoice.pk}/pay/", data)
    assert answer.status_code == 302
    assert queries.count <= 29


def test_the_next_patient_is_called(client_for, query_count, receptionist, doctor):
    make_ticket(by=receptionist, practitioner=doctor)
    queue = make_queue(practitioner=doctor)
    client = client_for("doctor")
    with query_count() as queries:
        answer = client.post(f"/queue/{queue.pk}/call-next/", acting())
    assert answer.status_code == 302
    assert queries.count <= 16


def test_an_unchanged_screen_asks_no_table(client_for, query_count, receptionist):
    make_ticket(by=receptionist)
    _display, key = create_display(name="Hall", branch=make_queue().branch, by="admin")
    client = client_for(surface="queue")
    etag = client.get(f"/display/{key}/board/")["ETag"]
    with query_count() as queries:
        answer = client.get(f"/display/{key}/board/", headers={"If-None-Match": etag})
    assert (answer.status_code, queries.count) == (304, 0)
