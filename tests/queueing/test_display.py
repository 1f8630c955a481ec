"""The waiting room's screen: right, anonymous, cheap, revocable."""

import re

import pytest

from core.logs import RequestContextFilter
from core.once import new_key
from queueing import boards
from queueing.models import DisplayScreen
from queueing.services import tickets
from queueing.services.displays import create_display, revoke_display
from tests.factories.queueing import department, make_patient, make_ticket, make_visit, room


@pytest.fixture
def screen(client_for, admin):
    """A screen of the whole branch: its display, its address and a browser without any sign-in."""
    from accounts.models import Branch

    display, key = create_display(name="Hall", branch=Branch.objects.get(), voice_languages=["en"], by=admin)
    return display, f"/display/{key}/", client_for(None, surface="queue")


def board(address, client, etag=""):
    headers = {"HX-Request": "true", **({"If-None-Match": etag} if etag else {})}
    return client.get(f"{address}board/", headers=headers)


def test_the_screen_shows_numbers_and_rooms_and_never_a_name(screen, receptionist, doctor):
    _, address, client = screen
    patient = make_patient(by=receptionist, family_name="Unmistakable", native_family_name="ចាន់ថា")
    visit = make_visit(by=receptionist, patient=patient, practitioner=doctor)
    called = make_ticket(by=receptionist, visit=visit, practitioner=doctor)
    waiting = make_ticket(by=receptionist, practitioner=doctor)
    tickets.call_next(queue=called.queue, room=room(), by=doctor)
    page = client.get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert called.label in text
    assert waiting.label in text
    assert "Room 1" in text
    for secret in ("Unmistakable", "ចាន់ថា", patient.mrn, visit.number, str(patient.pk)):
        assert secret not in text
    assert not page.cookies


def test_the_screen_speaks_three_languages_at_once(screen):
    _, address, client = screen
    text = client.get(address).content.decode()
    assert {'lang="km"', 'lang="en"', 'lang="zh-hans"'} <= set(re.findall(r'lang="[^"]+"', text))


def test_an_unchanged_picture_is_304_without_a_single_statement(screen, receptionist, query_count):
    _, address, client = screen
    make_ticket(by=receptionist)
    first = board(address, client)
    assert first.status_code == 200
    with query_count() as queries:
        again = board(address, client, first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert queries.count == 0


def test_a_call_changes_the_picture_at_once(screen, receptionist, doctor, after_commit):
    _, address, client = screen
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    etag = board(address, client)["ETag"]
    with after_commit():
        tickets.call_next(queue=ticket.queue, room=room(), by=doctor)
    answer = board(address, client, etag)
    assert answer.status_code == 200
    assert f'data-call="{ticket.pk}-1"' in answer.content.decode()


def test_a_recall_is_announced_again(screen, receptionist, doctor, after_commit):
    _, address, client = screen
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    with after_commit():
        tickets.call_next(queue=ticket.queue, room=room(), by=doctor)
    etag = board(address, client)["ETag"]
    with after_commit():
        tickets.recall(ticket=ticket, by=doctor)
    assert f'data-call="{ticket.pk}-2"' in board(address, client, etag).content.decode()


def test_a_change_that_the_screen_does_not_show_stays_304(screen, receptionist, admin, client_for, after_commit):
    display, _, _ = screen
    _, key = create_display(name="ER", branch=display.branch, departments=[department("ER")], by=admin)
    client = client_for(None, surface="queue")
    etag = board(f"/display/{key}/", client)["ETag"]
    with after_commit():
        make_ticket(by=receptionist)
    assert board(f"/display/{key}/", client, etag).status_code == 304
    with after_commit():
        make_ticket(by=receptionist, code="ER")
    assert board(f"/display/{key}/", client, etag).status_code == 200


def test_a_change_nobody_told_of_is_seen_when_the_remembered_picture_expires(screen, receptionist, monkeypatch):
    _, address, client = screen
    monkeypatch.setattr(boards, "PICTURE_LIFETIME", 0)
    etag = board(address, client)["ETag"]
    make_ticket(by=receptionist)  # no commit, so no mark: as if the process had died before it told anybody
    assert board(address, client, etag).status_code == 200


def test_a_served_patient_leaves_the_screen(screen, receptionist, doctor):
    _, address, client = screen
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    tickets.start(ticket=tickets.call_next(queue=ticket.queue, room=room(), by=doctor), by=doctor)
    assert ticket.label in client.get(address).content.decode()
    tickets.finish(ticket=ticket, by=doctor)
    assert ticket.label not in client.get(address).content.decode()


def test_the_voice_is_a_list_of_fragments_that_exist(screen, receptionist, doctor):
    _, address, client = screen
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    tickets.call_next(queue=ticket.queue, room=room(), by=doctor)
    text = client.get(address).content.decode()
    assert "/static/audio/en/phrase-now_calling.mp3" in text
    assert "/static/audio/en/number-1.mp3" in text


def test_a_wrong_or_revoked_key_opens_nothing(screen, admin, after_commit):
    display, address, client = screen
    etag = board(address, client)["ETag"]
    assert client.get("/display/0123456789abcdef0123456789abcdef/").status_code == 404
    with after_commit():
        revoke_display(display=display, by=admin)
    assert client.get(address).status_code == 404
    answer = board(address, client, etag)
    assert (answer.status_code, answer["HX-Refresh"]) == (404, "true")


def test_two_screens_of_a_branch_have_two_names(screen, admin, client_for):
    answer = client_for(admin).post(
        "/queue/displays/new/",
        {
            "name": "Hall",
            "branch": screen[0].branch_id,
            "languages": ["km"],
            "language_mode": "together",
            "_once": new_key(),
        },
    )
    assert answer.status_code == 422
    assert "Another screen of this branch has this name." in answer.content.decode()
    assert DisplayScreen.objects.count() == 1


def test_only_the_hash_of_the_key_is_kept(screen):
    _, address, _ = screen
    key = address.split("/")[2]
    row = DisplayScreen.objects.values().get()
    assert key not in {str(value) for value in row.values()}
    assert row["key_hint"] == key[-4:]


def test_a_key_of_samaki_opens_nothing_at_royal(screen, client_for):
    _, address, _ = screen
    next_door = client_for(None, hospital="royal", surface="queue")
    assert next_door.get(address).status_code == 404
    assert next_door.get(f"{address}board/").status_code == 404


def test_the_portal_does_not_serve_displays_and_the_display_host_no_portal(screen, client_for):
    _, address, client = screen
    assert client_for("admin").get(address).status_code == 404
    assert client.get("/queue/").status_code == 404


def test_a_picture_needs_no_more_statements_for_three_tickets_than_for_one(screen, receptionist, doctor, query_count):
    _, address, client = screen
    make_ticket(by=receptionist)
    client.get(address)
    with query_count() as one:
        client.get(address)
    for _ in range(2):
        make_ticket(by=receptionist)
    with query_count() as three:
        client.get(address)
    assert one.count == three.count


def test_the_key_of_a_screen_is_not_written_into_logs(screen, caplog):
    _, address, client = screen
    with caplog.at_level("INFO", logger="core.requests"):
        caplog.handler.addFilter(RequestContextFilter())
        client.get(address)
    assert [record.path for record in caplog.records if record.name == "core.requests"] == ["/display/…/"]
