"""Each kind of the trail's filter finds the act it is named after, done as people do it."""

import uuid
from datetime import timedelta

import pytest

from accounts.models import Role, SupportVisit
from accounts.services.visits import allow_visits
from core import clock
from oversight.forms import KINDS
from oversight.services.detection import look_at_readings
from tests.cast import PASSWORD
from tests.factories.patients import patient as register

REASON = "The queue looks empty to them, ticket 4711"


def once(**form):
    return {"_once": str(uuid.uuid4()), **form}


@pytest.fixture
def found(client_for):
    """``found("read")`` is what the auditor's filter of this kind shows: (kind, what, who) of each row."""
    auditor = client_for("auditor")

    def rows(kind, **asked):
        answer = auditor.get("/oversight/trail/", {"kind": kind, **asked})
        return [(row.record.kind, str(row.what), row.person) for row in answer.context["rows"]]

    return rows


def guarded():
    some = register(confidentiality="very_restricted")
    type(some).objects.filter(pk=some.pk).update(created_at=clock.now() - timedelta(days=3))
    return some


def visit_of_support(client_for, samaki, person, owner):
    """From the console through the hand-over into the portal: the supporter's client there."""
    allow_visits(until=clock.today(), by=owner)
    console = client_for("support", surface="console")
    asked = console.post(f"/hospitals/{samaki.pk}/visit/", once(person=str(person.pk), reason=REASON))
    address = console.get(asked["Location"]).context["address"].partition(".localhost")[2]
    visitor = client_for()
    assert visitor.post(address, once()).status_code == 302
    return visitor


def test_every_kind_of_the_filter_is_tried_here():
    tried = {"read", "print", "export", "insert", "update", "delete", "sign_in", "refused", "permission", "glass"}
    assert {kind for kind, _label in KINDS} == {"", *tried, "impersonation", "trail_read", "event"}


def test_reading(found, client_for, doctor):
    client_for("doctor").get(f"/patients/{register().pk}/")
    assert found("read") == [("read", "Chart", doctor.full_name)]


def test_printing(found, client_for, receptionist):
    assert client_for("receptionist").get(f"/patients/{register().pk}/card/").status_code == 200
    assert found("print") == [("print", "Patient card", receptionist.full_name)]


def test_taking_out(found, client_for, auditor):
    client = client_for("auditor")
    made = client.post("/oversight/trail/export/?kind=delete", once(reason="Inspection by the ministry"))
    client.get(f"{made['Location']}trail.csv")
    assert found("export") == [("export", "Trail", auditor.full_name)]


def test_creating_changing_and_deleting(found, client_for, owner):
    client = client_for("owner")
    place = {"name_en": "East", "name_km": "East", "name_zh_hans": "East", "code": "EAST", "is_active": "on"}
    assert client.post("/staff/places/branch/new/", once(**place)).status_code == 302
    assert ("insert", "", owner.full_name) in found("insert", table="accounts_branch")
    from accounts.models import Branch

    branch = Branch.objects.get(code="EAST")
    changed = client.post(f"/staff/places/branch/{branch.pk}/", once(**{**place, "name_en": "West"}))
    assert changed.status_code == 302
    ((kind, what, who),) = found("update", table="accounts_branch")
    assert (kind, who) == ("update", owner.full_name)
    assert "name" in what.lower()
    branch.delete()
    assert [row[0] for row in found("delete", table="accounts_branch")] == ["delete"]


def test_signing_in_and_out(found, client_for, nurse):
    client = client_for()
    assert client.post("/login/", {"login": "nurse", "password": PASSWORD}).status_code == 302
    client.post("/logout/")
    rows = found("sign_in", who=str(nurse.pk))
    assert rows == [("event", what, nurse.full_name) for what in ("Signed out", "Signed in")]


def test_what_was_refused(found, client_for, samaki):
    stranger = client_for()
    stranger.post("/login/", {"login": "nurse", "password": "wrong-guess"})
    stranger.post("/login/visit/never-given/", once())
    assert [what for _kind, what, _who in found("refused")] == ["Visit of support refused", "Sign-in refused"]


def test_a_wrong_second_factor(found, client_for, owner):
    client = client_for()
    assert client.post("/login/", {"login": "owner", "password": PASSWORD})["Location"] == "/account/2fa/authenticate/"
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    for kind in ("refused", "sign_in"):
        assert [what for _kind, what, _who in found(kind, record=str(owner.pk))] == ["Second factor refused"], kind


def test_a_change_of_permissions(found, client_for, owner):
    role = Role.objects.get(code="cashier")
    form = {
        "version": role.version,
        "permissions": [*role.permissions, "audit:view"],
        "reason": "Stands in for the auditor",
        **{f"name_{language}": getattr(role, f"name_{language}") for language in ("en", "km", "zh_hans")},
    }
    assert client_for("owner").post(f"/staff/roles/{role.pk}/", once(**form)).status_code == 302
    ((kind, what, _who),) = found("permission", who=str(owner.pk))
    assert kind == "update"
    assert "ermission" in what


def test_breaking_the_glass(found, client_for, doctor2):
    some = guarded()
    form = once(reason="emergency", explanation="Unconscious in the emergency room")
    assert client_for("doctor2").post(f"/patients/guarded/?number={some.mrn}", form).status_code == 302
    assert [(kind, who) for kind, _what, who in found("glass")] == [
        ("event", doctor2.full_name),
        ("insert", doctor2.full_name),
    ]


def test_a_visit_of_support_with_all_that_was_seen_under_it(found, client_for, samaki, doctor, owner):
    visitor = visit_of_support(client_for, samaki, doctor, owner)
    visitor.get(f"/patients/{register().pk}/")
    visitor.post("/login/visit/end/", once())
    rows = found("impersonation")
    assert {who for _kind, _what, who in rows} == {"support (support) as doctor"}
    assert ("read", "Chart", "support (support) as doctor") in rows
    steps = found("impersonation", table="accounts_supportvisit")
    assert [kind for kind, _what, _who in steps] == ["update", "update", "insert"]  # asked for, entered, ended


def test_a_visit_that_support_leaves_open_ends_under_both_names(found, client_for, samaki, doctor, owner, clock):
    visitor = visit_of_support(client_for, samaki, doctor, owner)
    clock.advance(minutes=61)
    assert visitor.get("/patients/").status_code == 302
    assert SupportVisit.objects.get().ended_at is not None
    assert {who for _kind, _what, who in found("impersonation")} == {"support (support) as doctor"}


def test_what_support_saw_is_not_the_person_s_own_reading(client_for, samaki, doctor, owner, soon):
    from oversight.queries.readers import readers_of

    some = register(confidentiality="restricted")
    with clock.freeze(clock.now()):
        visitor = visit_of_support(client_for, samaki, doctor, owner)
        assert visitor.get(f"/patients/{some.pk}/").status_code == 200
    (reader,) = readers_of(some.pk)
    assert (reader.name, reader.why) == ("support (support) as doctor", [])
    assert look_at_readings() == []
    mine = client_for("doctor").get("/oversight/trail/mine/?kind=read").content.decode()
    assert "support (support) as doctor" in mine


def test_reading_the_trail(found, auditor):
    found("")
    assert set(found("trail_read")) == {("event", "Trail read", auditor.full_name)}


def test_any_event(found, client_for, nurse):
    client_for().post("/login/", {"login": "nurse", "password": PASSWORD})
    assert ("event", "Signed in", nurse.full_name) in found("event")
