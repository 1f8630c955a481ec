"""Support looks through a person's eyes only where the hospital allows it, for an hour, and touches nothing."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django_tenants.utils import schema_context, tenant_context

from accounts import visiting
from accounts.models import SupportVisit
from accounts.services.visits import NoConsent, VisitOver, allow_visits, enter_visit, prepare_visit
from audit.middleware import AuditContextMiddleware
from audit.models import Record
from audit.services import record_reading
from core.clock import today
from tests.factories.patients import patient
from tests.guards.test_doors import addresses

REASON = "The queue looks empty to them, ticket 4711"


def once(**form):
    return {"_once": str(uuid.uuid4()), **form}


@pytest.fixture
def allowed(samaki, owner):
    allow_visits(until=today() + timedelta(days=2), by=owner)


def prepare(client_for, hospital, person, reason=REASON, who="support"):
    """Through the console as support does; the address of the hand-over."""
    console = client_for(who, surface="console")
    path = f"/hospitals/{hospital.pk}/visit/"
    answer = console.post(path, once(person=str(person.pk), reason=reason))
    if answer.status_code != 302:
        return answer
    return console.get(answer["Location"]).context["address"].partition(".localhost")[2]


def enter(client, address):
    return client.post(address, once())


@pytest.fixture
def visitor(allowed, samaki, doctor, client_for):
    client = client_for()
    address = prepare(client_for, samaki, doctor)
    assert client.get(address).status_code == 200
    assert enter(client, address)["Location"] == "/"
    return client


def test_support_sees_what_the_person_sees_under_a_banner_with_both_names(visitor, doctor):
    page = visitor.get("/patients/")
    assert page.status_code == 200
    assert page.context["request"].user.pk == doctor.pk
    words = page.content.decode()
    assert "support of support sees what Sok Piseth sees" in words
    assert "/login/visit/end/" in words
    assert visitor.get("/staff/").status_code == 403  # no more than the person


def test_nothing_opens_without_the_hospital_s_consent(samaki, doctor, owner, client_for):
    answer = prepare(client_for, samaki, doctor)
    assert answer.status_code == 422
    assert not SupportVisit.objects.exists()
    with pytest.raises(NoConsent):
        prepare_visit(person=doctor.pk, reason="x", supporter="s", supporter_id=doctor.pk, browser="b")


def test_consent_has_an_end(allowed, samaki, doctor, client_for, clock):
    allow_visits(until=today(), by=doctor)
    address = prepare(client_for, samaki, doctor)
    clock.advance(seconds=10)
    client = client_for()
    assert enter(client, address).status_code == 302
    clock.advance(minutes=30)
    assert client.get("/patients/").status_code == 200
    clock.advance(days=1)
    assert client.get("/patients/")["Location"].startswith("/login/")


def test_consent_withdrawn_ends_a_visit_at_once(visitor, owner):
    allow_visits(until=None, by=owner)
    assert visitor.get("/patients/")["Location"].startswith("/login/")
    assert visitor.get("/patients/").status_code == 302


def test_only_owner_and_admin_consent_within_thirty_days(samaki, client_for):
    for who, status in (("owner", 302), ("admin", 302), ("doctor", 403), ("auditor", 403)):
        until = (today() + timedelta(days=5)).isoformat()
        assert client_for(who).post("/staff/support/", once(until=until)).status_code == status
    late = (today() + timedelta(days=31)).isoformat()
    assert client_for("owner").post("/staff/support/", once(until=late)).status_code == 422
    assert "Support" in client_for("owner").get("/staff/support/").content.decode()


def test_only_support_begins_a_visit_and_gives_a_reason(allowed, samaki, doctor, client_for):
    billing = client_for("platform-billing", surface="console")
    path = f"/hospitals/{samaki.pk}/visit/"
    assert billing.post(path, once(person=str(doctor.pk), reason=REASON)).status_code == 403
    assert prepare(client_for, samaki, doctor, reason="").status_code == 422
    assert not SupportVisit.objects.exists()


def test_the_hand_over_opens_once(allowed, samaki, doctor, client_for):
    address = prepare(client_for, samaki, doctor)
    assert enter(client_for(), address).status_code == 302
    assert enter(client_for(), address).status_code == 403
    (refused,) = Record.objects.filter(kind="event", after__event="support_refused")
    assert refused.after["why"] == "visit_over"


def test_the_hand_over_opens_within_a_minute(allowed, samaki, doctor, client_for, clock):
    address = prepare(client_for, samaki, doctor)
    clock.advance(seconds=61)
    assert enter(client_for(), address).status_code == 403


def test_the_hand_over_opens_in_the_browser_that_asked(allowed, samaki, doctor, client_for):
    address = prepare(client_for, samaki, doctor)
    assert enter(client_for(None, HTTP_USER_AGENT="another"), address).status_code == 403
    assert enter(client_for(None, REMOTE_ADDR="203.0.113.9"), address).status_code == 403


def test_the_hand_over_is_nothing_next_door(allowed, royal, samaki, doctor, client_for):
    address = prepare(client_for, samaki, doctor)
    assert enter(client_for(hospital="royal"), address).status_code == 403
    with tenant_context(royal):
        assert not SupportVisit.objects.exists()
    assert connection.schema_name == "samaki"


def test_two_at_once_enter_once(race, staff, client_for):
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    doctor = staff("doctor")
    allow_visits(until=today(), by=doctor)

    def request():
        made = RequestFactory().get("/")
        made.session, made.surface = SessionStore(), "portal"
        return made

    from accounts.services.visits import browser_of

    token = prepare_visit(
        person=doctor.pk, reason=REASON, supporter="s", supporter_id=doctor.pk, browser=browser_of(request())
    )
    outcome = race(lambda: enter_visit(token=token, request=request()), times=4)
    assert len(outcome.results) == 1
    assert all(isinstance(error, VisitOver) for error in outcome.errors)


def test_a_visit_ends_after_an_hour(allowed, samaki, doctor, client_for, clock):
    client = client_for()
    enter(client, prepare(client_for, samaki, doctor))
    clock.advance(minutes=59)
    assert client.get("/patients/").status_code == 200
    clock.advance(minutes=2)
    assert client.get("/patients/")["Location"].startswith("/login/")
    assert SupportVisit.objects.get().ended_at is not None


def test_a_visit_ends_by_its_button(visitor):
    assert visitor.post("/login/visit/end/", once())["Location"] == "/login/"
    assert visitor.get("/patients/").status_code == 302
    assert SupportVisit.objects.get().ended_at is not None


def test_a_visitor_can_do_nothing_at_any_address(visitor):
    """Every address of the portal by POST, every tenth by the other methods that act too; and nothing was written but
    the trail's own notes."""
    before = Record.objects.exclude(kind__in=["event", "read"]).count()
    allowed_forms = {"login/visit/end/", "logout/", "set-language/", "set-theme/"}
    for number, (address, view) in enumerate(addresses("portal")):
        path = "/" + address
        while "<" in path:
            head, _, rest = path.partition("<")
            kind, _, rest = rest.partition(">")
            filler = {"uuid": str(uuid.uuid4()), "int": "1", "date": "2026-03-03"}.get(kind.partition(":")[0], "x")
            path = head + filler + rest
        if address in allowed_forms or "(" in address:
            continue
        for method in ("post", "put", "patch", "delete")[: None if number % 10 == 0 else 1]:
            answer = getattr(visitor, method)(path, once() if method == "post" else b"")
            if method == "post" and hasattr(view, "asks"):  # a question by POST, so that no name stands in an address
                assert answer.status_code in {302, 403, 404}, f"{path} {answer.status_code}"
            else:
                assert answer.status_code == 403, f"{method} {path} {answer.status_code}"
    assert Record.objects.exclude(kind__in=["event", "read"]).count() == before


def test_a_visitor_gets_no_file_and_none_of_the_person_s_secrets(visitor):
    for path in ("/account/2fa/recovery-codes/", "/account/sessions/", "/account/password/change/"):
        assert visitor.get(path).status_code == 403
    for kind, headers in (
        ("application/pdf", {}),
        ("text/csv", {}),
        ("text/html", {"Content-Disposition": "attachment"}),
    ):
        assert visiting._is_file(HttpResponse("x", content_type=kind, headers=headers))
    assert not visiting._is_file(HttpResponse("x"))


def test_both_names_and_the_reason_stand_in_every_record(visitor, doctor):
    visit = SupportVisit.objects.get()
    request = RequestFactory().get("/patients/x/")
    request.user, request.acting = doctor, (visit.actor, visit.reason)
    seen = uuid.uuid4()
    AuditContextMiddleware(lambda request: record_reading(seen, "patients:patient-detail"))(request)
    read = Record.objects.get(kind="read", row_id=str(seen))
    assert (read.actor, read.role, read.reason) == ("support (support) as doctor", "support", REASON)
    visitor.get(f"/patients/{patient().pk}/")
    noted = Record.objects.filter(path__startswith="GET /patients/")
    assert {one.actor for one in noted} <= {"support (support) as doctor"}
    begun = Record.objects.filter(table_name="accounts_supportvisit").order_by("id")
    assert {one.actor for one in begun} == {"support (support) as doctor"}
    assert not Record.objects.filter(kind="event", after__event="signed_in", actor="doctor").exists()
    with schema_context("public"):
        noted = Record.objects.filter(kind="event", after__event="support_visit").get()
        assert noted.after["person"] == str(doctor.pk)
