"""The hospital's rules of who may see records: changed on a page, for a reason, within limits the database holds."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from accounts.forms import POLICY
from audit.models import Record
from cashoffice.forms_rules import RulesForm as CashRulesForm
from core.models import Preference
from core.preferences import change_preferences, declared, mark_of, preference, set_preference
from oversight.forms_settings import RulesForm

PAGE = "/patients/access/"
KEYS = ("patients.treating_days", "patients.department_treats", "patients.glass_minutes")


def form(**changes):
    facts = {
        "treating_days": "14",
        "glass_minutes": "15",
        "reason": "As the ethics board decided",
        "seen": mark_of(KEYS),
    }
    return {"_once": str(uuid.uuid4()), **facts, **changes}


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("admin", 200), ("auditor", 403), ("doctor", 403)])
def test_owner_and_administrator_change_them(samaki, client_for, who, status):
    assert client_for(who).get(PAGE).status_code == status


def test_a_change_is_kept_with_its_reason_and_who(samaki, client_for, owner):
    assert client_for("owner").post(PAGE, form(department_treats="on"))["Location"] == PAGE
    assert [preference(key) for key in KEYS] == [14, True, 15]
    kept = Record.objects.filter(table_name="core_preference", row_id="patients.glass_minutes").latest("id")
    assert (kept.actor, kept.reason, kept.after["value"]) == ("owner", "As the ethics board decided", 15)
    assert client_for("owner").get(PAGE).context["form"]["treating_days"].value() == 14


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"glass_minutes": "61"}, "glass_minutes"),
        ({"glass_minutes": "4"}, "glass_minutes"),
        ({"treating_days": "366"}, "treating_days"),
        ({"treating_days": "-1"}, "treating_days"),
        ({"treating_days": "many"}, "treating_days"),
        ({"reason": "because"}, "reason"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_nothing_is_stored(samaki, client_for, wrong, field):
    answer = client_for("owner").post(PAGE, form(**wrong))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not Preference.objects.filter(key__in=KEYS).exists()


def test_who_saves_over_newer_rules_is_told_and_may_then_do_it(samaki, client_for, admin):
    late = form()
    set_preference("patients.glass_minutes", 30, by=admin)
    answer = client_for("owner").post(PAGE, late)
    assert answer.status_code == 422
    assert "Somebody else changed this record" in answer.content.decode()
    assert preference("patients.glass_minutes") == 30
    again = {**late, "seen": answer.context["form"]["seen"].value(), "_once": str(uuid.uuid4())}
    assert client_for("owner").post(PAGE, again).status_code == 302
    assert preference("patients.glass_minutes") == 15


def test_of_two_at_once_one_is_told(race, staff):
    owner, seen = staff("owner"), mark_of(KEYS)
    answers = iter([{**dict.fromkeys(KEYS[:1], day), KEYS[1]: False, KEYS[2]: 60} for day in (7, 8)])
    facts = [next(answers), next(answers)]
    outcome = race(lambda: change_preferences(facts.pop(), reason="Two at once here", seen=seen, by=owner), times=2)
    assert len(outcome.results) == 1
    assert [error.code for error in outcome.errors] == ["record_changed"]


SET_ON_PAGES = {*KEYS, *RulesForm.keys, *CashRulesForm.keys, *(f"accounts.{name}" for name in POLICY)}
LIMITED = [one for one in declared() if one.key in SET_ON_PAGES and one.least is not None]


@pytest.mark.parametrize("one", LIMITED, ids=lambda one: one.key)
def test_the_database_holds_the_same_limits(samaki, one):
    for value in (one.least - 1, one.most + 1, "much", None, True):
        with pytest.raises(IntegrityError), transaction.atomic():
            Preference.objects.create(key=one.key, value=value)
    for value in (one.least, one.most):
        Preference.objects.update_or_create(key=one.key, defaults={"value": value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("patients.department_treats", "yes"),
        ("oversight.guarded_patients", 0),
        ("oversight.day_begins", "25:00"),
        ("oversight.day_ends", 20),
        ("accounts.email_codes", "on"),
        ("billing.blind_count", 1),
    ],
)
def test_the_database_refuses_answers_of_another_kind(samaki, key, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.objects.create(key=key, value=value)
