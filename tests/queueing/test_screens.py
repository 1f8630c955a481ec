"""What staff see and do on the pages of the queues."""

import uuid

import pytest
from django_tenants.utils import tenant_context

from queueing.models import DisplayScreen, Ticket
from queueing.services import tickets
from tests.factories.queueing import make_ticket, room


def once():
    return {"_once": str(uuid.uuid4())}


@pytest.fixture
def ticket(receptionist, doctor):
    return make_ticket(by=receptionist, practitioner=doctor)


def test_the_list_of_queues_needs_no_more_statements_for_three_than_for_one(
    client_for, ticket, receptionist, doctor2, query_count
):
    client = client_for("nurse")
    client.get("/queue/")
    with query_count() as one:
        assert ticket.queue.prefix in client.get("/queue/").content.decode()
    make_ticket(by=receptionist, practitioner=doctor2)
    make_ticket(by=receptionist)
    with query_count() as three:
        client.get("/queue/")
    assert one.count == three.count


def test_the_lines_of_a_queue_need_no_more_statements_for_three_than_for_one(
    client_for, ticket, receptionist, doctor, query_count
):
    client, address = client_for("doctor"), f"/queue/{ticket.queue_id}/"
    client.get(address)
    with query_count() as one:
        assert ticket.label in client.get(address).content.decode()
    for _ in range(2):
        make_ticket(by=receptionist, practitioner=doctor)
    with query_count() as three:
        client.get(address)
    assert one.count == three.count


def test_a_doctor_works_through_the_queue_page(client_for, ticket):
    client, address = client_for("doctor"), f"/queue/{ticket.queue_id}/"
    assert client.post("/queue/room/", {"room": room("2").pk, "queue": ticket.queue_id, **once()}).status_code == 302
    for act, status in (("call-next", "called"),):
        assert client.post(f"{address}{act}/", once())["Location"] == address
        ticket.refresh_from_db()
        assert (ticket.status, ticket.room) == (status, room("2"))
    for act, status in (("recall", "called"), ("start", "serving"), ("finish", "done")):
        assert client.post(f"/queue/tickets/{ticket.pk}/{act}/", once()).status_code == 302
        ticket.refresh_from_db()
        assert ticket.status == status


def test_a_double_click_on_call_next_calls_one_patient(client_for, ticket, receptionist, doctor):
    make_ticket(by=receptionist, practitioner=doctor)
    client, form = client_for("doctor"), once()
    answers = [client.post(f"/queue/{ticket.queue_id}/call-next/", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Ticket.objects.filter(status="called").count() == 1


def test_calling_while_somebody_is_called_is_a_conflict_in_words(client_for, ticket, receptionist, doctor):
    make_ticket(by=receptionist, practitioner=doctor)
    client = client_for("doctor")
    client.post(f"/queue/{ticket.queue_id}/call-next/", once())
    answer = client.post(f"/queue/{ticket.queue_id}/call-next/", once())
    assert answer.status_code == 409
    assert "already called" in answer.content.decode()


def test_skipping_without_a_reason_is_refused_beside_the_field(client_for, ticket):
    client = client_for("doctor")
    assert client.post(f"/queue/tickets/{ticket.pk}/skip/", once()).status_code == 422
    ticket.refresh_from_db()
    assert ticket.status == "waiting"


def test_a_doctor_does_not_call_from_the_line_of_another(client_for, ticket):
    client = client_for("doctor2")
    assert client.post(f"/queue/{ticket.queue_id}/call-next/", once()).status_code == 404
    assert client.post(f"/queue/tickets/{ticket.pk}/call/", once()).status_code == 404
    ticket.refresh_from_db()
    assert ticket.status == "waiting"


@pytest.mark.parametrize(
    ("who", "act"),
    [
        ("receptionist", "call"),
        ("receptionist", "start"),
        ("labtech", "cancel"),
        ("doctor", "priority"),
        ("accountant", ""),
    ],
)
def test_roles_without_the_right_are_refused(client_for, ticket, who, act):
    address = f"/queue/tickets/{ticket.pk}/" + (f"{act}/" if act else "")
    client = client_for(who)
    answer = client.post(address, once()) if act else client.get(address)
    assert answer.status_code == 403
    ticket.refresh_from_db()
    assert ticket.status == "waiting"


def test_acts_are_post_only(client_for, ticket):
    client = client_for("doctor")
    assert client.get(f"/queue/{ticket.queue_id}/call-next/").status_code == 405
    assert client.get(f"/queue/tickets/{ticket.pk}/start/").status_code == 405


def test_priority_transfer_and_cancel_need_reasons(client_for, ticket, doctor2):
    client = client_for("nurse")
    base = f"/queue/tickets/{ticket.pk}/"
    assert client.post(f"{base}priority/", {"priority": "emergency", **once()}).status_code == 422
    assert client.post(f"{base}priority/", {"priority": "vip", "reason": "x", **once()}).status_code == 422
    assert client.post(f"{base}priority/", {"priority": "emergency", "reason": "pain", **once()}).status_code == 302
    moved = client.post(
        f"{base}transfer/",
        {"department": ticket.queue.department_id, "practitioner": doctor2.pk, "reason": "shorter line", **once()},
    )
    new = Ticket.objects.get(transferred_from=ticket)
    assert moved["Location"] == f"/queue/tickets/{new.pk}/"
    cancel = f"/queue/tickets/{new.pk}/cancel/"
    assert client.post(cancel, once()).status_code == 422
    assert client.post(cancel, {"reason": "left", **once()}).status_code == 302
    assert client.get(f"/queue/tickets/{new.pk}/").status_code == 200


def test_a_queue_of_samaki_does_not_exist_at_royal(client_for, ticket, royal):
    client = client_for("doctor", hospital="royal")
    assert client.get(f"/queue/{ticket.queue_id}/").status_code == 404
    assert client.get(f"/queue/tickets/{ticket.pk}/").status_code == 404
    assert client.post(f"/queue/tickets/{ticket.pk}/call/", once()).status_code == 404
    with tenant_context(royal):
        assert not Ticket.objects.exists()


def test_the_slip_is_a_pdf_without_a_name(client_for, ticket):
    from io import BytesIO

    from pypdf import PdfReader

    answer = client_for("receptionist").get(f"/queue/tickets/{ticket.pk}/slip/")
    assert answer["Content-Type"] == "application/pdf"
    page = PdfReader(BytesIO(answer.content)).pages[0]
    text = page.extract_text()
    assert ticket.label in text
    assert ticket.patient.given_name not in text
    assert round(float(page.mediabox.width) / 72 * 25.4) == 80


def test_an_administrator_makes_a_screen_and_sees_its_address_once(client_for):
    client = client_for("admin")
    from accounts.models import Branch

    typed = {
        "name": "Hall 1",
        "branch": Branch.objects.get().pk,
        "languages": ["km", "en"],
        "language_mode": "rotating",
        "voice_languages": ["en", "zh-hans"],
        **once(),
    }
    assert client.post("/queue/displays/new/", typed).status_code == 302
    shown = client.get("/queue/displays/").content.decode()
    assert "http://queue.samaki.localhost" in shown
    assert "/display/" in shown
    assert "/display/" not in client.get("/queue/displays/").content.decode()
    display = DisplayScreen.objects.get()
    assert client.post(f"/queue/displays/{display.pk}/revoke/", once()).status_code == 302
    display.refresh_from_db()
    assert not display.is_active


def test_a_screen_without_languages_is_refused(client_for):
    answer = client_for("admin").post("/queue/displays/new/", {"name": "", "language_mode": "x", **once()})
    assert answer.status_code == 422
    assert not DisplayScreen.objects.exists()


def test_only_administrators_manage_screens(client_for):
    for who in ("doctor", "receptionist", "nurse"):
        assert client_for(who).get("/queue/displays/").status_code == 403


def test_a_returned_patient_is_put_back_by_the_desk(client_for, ticket, doctor):
    tickets.skip(ticket=ticket, reason="not here", by=doctor)
    assert client_for("receptionist").post(f"/queue/tickets/{ticket.pk}/return/", once()).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "waiting"
