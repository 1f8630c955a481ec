"""Questions about people: their words stand in no address, and a sealed one opens for whoever asked it only."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import RequestFactory
from django_tenants.utils import schema_context

from accounts.models import User
from core.methods import only_reads
from tests.cast import CAST
from tests.factories.patients import patient
from tests.guards.test_doors import addresses
from tests.support.clients import host_of

ASKING = [(address, view) for address, view in addresses("portal") if hasattr(view, "asks")]


@pytest.fixture
def desk(client_for):
    return client_for("receptionist")


def test_a_plain_browser_is_led_to_an_address_without_the_words(desk):
    person = patient(family_name="Vann", given_name="Molika")
    answer = desk.post("/patients/", {"q": "molika"})
    assert answer.status_code == 302
    assert re.fullmatch(r"/patients/\?find=[\w%-]+", answer["Location"])
    page = desk.get(answer["Location"]).content.decode()
    assert person.mrn in page
    assert 'value="molika"' in page


def test_htmx_gets_rows_and_the_address_of_the_page_it_stands_on(desk):
    person = patient(family_name="Vann", given_name="Molika")
    answer = desk.htmx("/patients/", {"q": "molika"}, method="post")
    assert person.mrn in answer.content.decode()
    assert person.mrn in desk.get(answer["HX-Replace-Url"]).content.decode()
    elsewhere = {"HX-Request": "true", "HX-Current-URL": "http://portal.samaki.localhost/"}
    assert not desk.post("/patients/", {"q": "molika"}, headers=elsewhere).has_header("HX-Replace-Url")


def test_what_says_nothing_of_a_person_stays_plain_and_can_be_shared(client_for):
    cashier = client_for("cashier")
    place = urlsplit(cashier.post("/billing/invoices/", {"q": "sok", "status": "paid"})["Location"])
    assert parse_qs(place.query)["status"] == ["paid"]
    assert (
        cashier.post("/billing/invoices/", {"q": "", "status": "paid"})["Location"] == "/billing/invoices/?status=paid"
    )
    page = client_for("cashier2").get("/billing/invoices/?status=paid").content.decode()
    assert '<option value="paid" selected>' in page


def test_the_pages_of_a_list_keep_the_question_sealed(client_for):
    for number in range(30):
        User.objects.create_user(f"vanna{number}", full_name=f"Vanna {number}")
    owner = client_for("owner")
    page = owner.htmx("/staff/", {"q": "vanna"}, method="post").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "vanna" not in following
    rest = owner.get(f"/staff/{following}").content.decode()
    assert len({*re.findall(r"Vanna \d+", rest)}) == 5


@pytest.mark.parametrize("who", ["nurse", "receptionist", "receptionist of royal"])
def test_a_seal_of_somebody_else_or_another_session_is_no_question(desk, client_for, who):
    person = patient(family_name="Vann", given_name="Molika")
    found = desk.post("/patients/", {"q": "molika"})["Location"]
    assert person.mrn in desk.get(found).content.decode()
    name, _, hospital = who.partition(" of ")
    with schema_context(hospital or "samaki"):
        page = client_for(name, hospital=hospital or "samaki").get(found)
    assert page.status_code == 200
    assert "molika" not in page.content.decode()
    assert page.context["text"] == ""


@pytest.mark.parametrize("token", ["", "rubbish", "v1:1:rubbish", "v9:x:AAAA"])
def test_a_broken_seal_is_no_question(desk, token):
    page = desk.get("/patients/", {"find": token})
    assert (page.status_code, page.context["text"]) == (200, "")


def test_no_question_is_an_act():
    assert len(ASKING) >= 10
    assert [view.__name__ for _address, view in ASKING if getattr(view, "acts_once", False)] == []


def test_a_question_is_no_act(client_for, samaki):
    """Neither a record behind broken glass nor a supporter's visit takes it for one."""
    request = RequestFactory(HTTP_HOST=host_of("samaki", "portal")).post("/patients/", {"q": "x"})
    request.urlconf = "config.urls_portal"
    assert only_reads(request)
    request.path_info = "/patients/new/"
    assert not only_reads(request)
    request.path_info = "/nowhere/"
    assert not only_reads(request)


def test_other_methods_are_refused(desk):
    assert desk.put("/patients/").status_code == 405
    assert desk.delete("/staff/").status_code in {403, 405}


def test_a_long_reason_is_kept_while_the_desk_fills_the_form(desk):
    person = patient()
    reason = "fever since three days " * 12
    answer = desk.htmx(f"/clinic/patients/{person.pk}/enrol/fields/", {"reason": reason}, method="post")
    assert answer.status_code == 200
    assert reason.strip() in answer.content.decode()
    plain = desk.post(f"/clinic/patients/{person.pk}/enrol/fields/", {"reason": reason})
    assert "fever" not in plain["Location"]


def test_the_cast_asks_where_it_may(client_for, staff):
    """Each question is answered to somebody whose role may ask it."""
    for address, view in ASKING:
        if "<" in address:
            continue
        who = next(name for name in CAST if staff(name).may(view.permission))
        answer = client_for(who).htmx(f"/{address}", {"q": "zyx"}, method="post")
        assert answer.status_code == 200, address
