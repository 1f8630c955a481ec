"""A session ends when its person, the hospital or time says so: at once, and for good."""

import uuid
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django_tenants.utils import tenant_context

from accounts.agents import in_words
from accounts.models import Assignment, Role, SessionEnd, StaffSession
from accounts.services.sessions import end_sessions, forget_old_sessions
from accounts.services.staff import close_account, reopen_account, save_staff
from accounts.session_store import SessionStore
from audit.models import Record
from core.preferences import set_preference
from tests.cast import PASSWORD

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


def signed_in(client_for, login="doctor", agent=CHROME, address="198.51.100.4", **where):
    client = client_for(None, HTTP_USER_AGENT=agent, REMOTE_ADDR=address, **where)
    assert client.post("/login/", {"login": login, "password": PASSWORD}).status_code == 302
    return client


def is_in(client):
    return client.get("/account/sessions/").status_code == 200


def send(client, path):
    return client.post(path, {"_once": str(uuid.uuid4())})


def open_sessions(user):
    return list(StaffSession.objects.filter(user=user, ended_at__isnull=True).order_by("created_at"))


def ends(user):
    return list(StaffSession.objects.filter(user=user).exclude(end="").values_list("end", flat=True))


def test_my_sessions_show_device_address_and_which_one_this_is(samaki, doctor, client_for):
    here = signed_in(client_for)
    signed_in(client_for, agent=PHONE, address="203.0.113.9")
    page = here.get("/account/sessions/")
    text = page.content.decode()
    assert "Chrome 142 on Windows" in text
    assert "Safari 18 on iPhone" in text
    assert "198.51.100.4" in text
    assert "203.0.113.9" in text
    assert text.count("This device") == 1
    assert page.context["opened"][0].device == "Chrome 142 on Windows"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome 142 on Windows"),
        (CHROME + " Edg/142.0.0.0", "Edge 142 on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox 144 on Linux"),
        (PHONE, "Safari 18 on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/141.0 Mobile Safari/537.36", "Chrome 141 on Android"),
        ("curl/8", "Unknown device"),
    ],
)
def test_a_device_is_named_in_words(agent, words):
    assert in_words(agent) == words


def test_a_session_that_is_ended_is_over_at_the_next_click(samaki, doctor, client_for):
    here, there = signed_in(client_for), signed_in(client_for, agent=PHONE)
    phone = open_sessions(doctor)[1]
    assert send(here, f"/account/sessions/{phone.pk}/end/").status_code == 302
    assert not is_in(there)
    assert is_in(here)
    assert ends(doctor) == [SessionEnd.ENDED]
    record = Record.objects.filter(kind="event", after__event="sessions_ended").get()
    assert (record.actor, record.row_id, record.after["sessions"]) == ("doctor", str(doctor.pk), 1)


def test_all_others_end_and_this_one_stays(samaki, doctor, client_for):
    here = signed_in(client_for)
    others = [signed_in(client_for, agent=PHONE) for _ in range(2)]
    assert send(here, "/account/sessions/end-others/").status_code == 302
    assert is_in(here)
    assert not any(is_in(other) for other in others)


def test_the_form_acts_once(samaki, doctor, client_for):
    here = signed_in(client_for)
    form = {"_once": str(uuid.uuid4())}
    assert here.post("/account/sessions/end-others/", form).status_code == 302
    signed_in(client_for, agent=PHONE)
    assert here.post("/account/sessions/end-others/", form).status_code == 302
    assert len(open_sessions(doctor)) == 2


def test_sessions_of_others_and_of_the_neighbour_do_not_exist(samaki, royal, nurse, client_for):
    doctor = signed_in(client_for)
    nurse_in = signed_in(client_for, "nurse")
    theirs = signed_in(client_for, hospital="royal")
    assert send(doctor, f"/account/sessions/{open_sessions(nurse)[0].pk}/end/").status_code == 404
    with tenant_context(royal):
        next_door = StaffSession.objects.get(ended_at__isnull=True)
    assert send(doctor, f"/account/sessions/{next_door.pk}/end/").status_code == 404
    assert is_in(nurse_in)
    assert is_in(theirs)


def test_a_new_password_ends_every_other_session(samaki, doctor, client_for):
    here, there = signed_in(client_for), signed_in(client_for, agent=PHONE)
    new = "river-lotus-47-moon"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/change/", form).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert ends(doctor) == [SessionEnd.PASSWORD]
    (mine,) = open_sessions(doctor)
    assert mine.key == here.cookies["sessionid"].value  # still the one that could be ended
    end_sessions(user=doctor, why=SessionEnd.ENDED)
    assert not is_in(here)


def test_a_closed_account_is_out_at_once_and_stays_out_when_reopened(samaki, doctor, admin, client_for):
    client = signed_in(client_for)
    close_account(user=doctor, by=admin)
    assert not is_in(client)
    reopen_account(user=doctor, by=admin)
    assert not is_in(client)
    assert ends(doctor) == [SessionEnd.CLOSED]


def test_other_roles_given_by_somebody_else_end_the_session_at_once(samaki, nurse, admin, client_for):
    client = signed_in(client_for, "nurse")
    facts = {"full_name": nurse.full_name, "username": nurse.username, "email": nurse.email}
    save_staff(user=nurse, roles=list(Role.objects.filter(code="nurse")), branch=None, by=admin, **facts)
    assert is_in(client)  # the same roles: nothing happened
    save_staff(user=nurse, roles=list(Role.objects.filter(code="cashier")), branch=None, by=admin, **facts)
    assert not is_in(client)
    assert ends(nurse) == [SessionEnd.ROLES]


@pytest.mark.parametrize("change", ["taken", "given", "bound"])
def test_no_way_to_change_roles_leaves_a_session_open(samaki, nurse, client_for, change):
    """Whatever code, command or statement moved the roles: the session itself notices."""
    from accounts.models import Branch

    client = signed_in(client_for, "nurse")
    mine = Assignment.objects.filter(user=nurse)
    if change == "taken":
        mine.delete()
    elif change == "given":
        Assignment.objects.create(user=nurse, role=Role.objects.get(code="admin"))
    else:
        mine.update(branch=Branch.objects.first())
    assert not is_in(client)
    assert ends(nurse) == [SessionEnd.ROLES]


def test_silence_ends_a_session(samaki, doctor, admin, client_for, clock):
    set_preference("accounts.idle_minutes", 30, by=admin)
    client = signed_in(client_for)
    for _ in range(3):
        clock.advance(minutes=29)
        assert is_in(client)
    clock.advance(minutes=31)
    assert not is_in(client)
    assert ends(doctor) == [SessionEnd.IDLE]


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(samaki, doctor, admin, client_for, clock):
    set_preference("accounts.idle_minutes", 30, by=admin)
    client = signed_in(client_for)
    for _ in range(3):
        clock.advance(minutes=9)
        assert client.get("/menu-counts/", headers={"X-Background": "1"}).status_code == 200
    clock.advance(minutes=4)
    assert not is_in(client)


def test_the_longest_time_ends_a_session_however_busy(samaki, doctor, admin, client_for, clock):
    set_preference("accounts.session_hours", 2, by=admin)
    client = signed_in(client_for)
    for _ in range(7):
        clock.advance(minutes=17)
        assert is_in(client)
    clock.advance(minutes=2)
    assert not is_in(client)
    assert ends(doctor) == [SessionEnd.AGE]


def test_a_stricter_rule_reaches_sessions_that_are_open(samaki, doctor, admin, client_for, clock):
    client = signed_in(client_for)
    set_preference("accounts.idle_minutes", 10, by=admin)
    clock.advance(minutes=2)
    assert is_in(client)
    clock.advance(minutes=11)
    assert not is_in(client)


def test_rules_are_each_hospital_s_own(samaki, royal, admin, client_for, clock):
    with tenant_context(royal):
        set_preference("accounts.idle_minutes", 5, by=admin)
    here, there = signed_in(client_for), signed_in(client_for, hospital="royal")
    clock.advance(minutes=6)
    assert is_in(here)
    assert not is_in(there)


def test_a_request_under_way_cannot_bring_an_ended_session_back(samaki, doctor, client_for, monkeypatch):
    """The row is read, the session ends, and only then the reader fills the cache."""
    client = signed_in(client_for)
    key = client.cookies["sessionid"].value
    store = import_module(settings.SESSION_ENGINE).SessionStore
    cache.delete(store.cache_key_prefix + key)
    read = SessionStore._get_session_from_db

    def slowly(self):
        row = read(self)
        monkeypatch.setattr(SessionStore, "_get_session_from_db", read)
        end_sessions(user=doctor, why=SessionEnd.ENDED)
        return row

    monkeypatch.setattr(SessionStore, "_get_session_from_db", slowly)
    assert store(key).load() == {}
    assert cache.get(store.cache_key_prefix + key) is None
    assert not is_in(client)


def test_two_who_end_the_same_session_end_it_once(race, doctor, client_for):
    signed_in(client_for)
    outcome = race(lambda: end_sessions(user=doctor, why=SessionEnd.ENDED), times=6)
    assert sorted(outcome.results) == [0, 0, 0, 0, 0, 1]
    assert Record.objects.filter(kind="event", after__event="sessions_ended").count() == 1


def test_signing_out_is_an_end_like_any_other(samaki, doctor, client_for):
    client = signed_in(client_for)
    assert client.post("/logout/").status_code == 302
    assert ends(doctor) == [SessionEnd.SIGNED_OUT]
    assert open_sessions(doctor) == []


def test_the_night_forgets_what_ended_long_ago(samaki, doctor, client_for, clock):
    signed_in(client_for)
    end_sessions(user=doctor, why=SessionEnd.ENDED)
    assert forget_old_sessions() == 0
    clock.advance(days=91)
    assert forget_old_sessions() == 1
    assert Session.objects.count() == 0


def test_a_page_costs_no_more_statements_for_the_rules(samaki, client_for, query_count):
    client = client_for("doctor")
    client.get("/account/sessions/")
    with query_count() as queries:
        client.get("/staff/me/")
    assert not [one for one in queries.statements if "accounts_staffsession" in one or "core_preference" in one]


def test_the_admin_sets_the_rules_and_nobody_else(samaki, admin, client_for):
    client = client_for("admin")
    form = {"password_length": "14", "idle_minutes": "20", "session_hours": "9", "_once": str(uuid.uuid4())}
    form["second_factor"] = [str(role.pk) for role in Role.objects.filter(code__in=["owner", "admin", "doctor"])]
    assert client.post("/staff/sign-in/", form).status_code == 302
    assert Role.objects.get(code="doctor").requires_second_factor
    assert not Role.objects.get(code="nurse").requires_second_factor
    assert client.get("/staff/sign-in/").context["form"]["idle_minutes"].initial == 20
    too_long = {**form, "idle_minutes": "99999", "_once": str(uuid.uuid4())}
    assert client.post("/staff/sign-in/", too_long).status_code == 422
    for other in ("doctor", "auditor"):
        assert client_for(other).get("/staff/sign-in/").status_code == 403
