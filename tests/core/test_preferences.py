from datetime import date, time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django_tenants.utils import tenant_context

from core import preferences
from core.models import Preference
from core.preferences import declare, declared, preference, remembered, set_preference


@pytest.fixture(autouse=True)
def _declared(monkeypatch):
    monkeypatch.setattr(preferences, "_declared", {})
    declare("tests.rounding", default=100, label="Rounding", least=0, most=1000)
    declare("tests.limit", default=Decimal("12.50"), label="Limit")
    declare("tests.greeting", default="hello", label="Greeting", choices=[("hello", "Hello"), ("bye", "Bye")])
    declare("tests.opens", default=time(7, 30), label="Opens at")
    declare("tests.since", default=date(2026, 1, 1), label="Since")
    declare("tests.strict", default=False, label="Strict")
    declare("tests.steps", default=[15, 30], label="Steps", kind=list)


def test_without_an_answer_the_default_holds(samaki):
    assert preference("tests.rounding") == 100
    assert preference("tests.opens") == time(7, 30)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tests.rounding", 500),
        ("tests.limit", Decimal("0.10")),
        ("tests.greeting", "bye"),
        ("tests.opens", time(6, 0)),
        ("tests.since", date(2026, 2, 28)),
        ("tests.strict", True),
        ("tests.steps", [10]),
    ],
)
def test_an_answer_comes_back_in_its_own_kind(samaki, owner, key, value):
    set_preference(key, value, by=owner)
    assert preference(key) == value
    assert type(preference(key)) is type(value)
    assert Preference.objects.get(key=key).updated_by == str(owner.pk)


def test_each_hospital_has_its_own_answers(samaki, royal, owner):
    with remembered():
        set_preference("tests.rounding", 500, by=owner)
        assert preference("tests.rounding") == 500
        with tenant_context(royal):
            assert preference("tests.rounding") == 100
        assert preference("tests.rounding") == 500


def test_a_request_asks_the_database_once(samaki, django_assert_num_queries):
    Preference.objects.exists()  # the connection is open and stands in the hospital's schema
    with remembered(), django_assert_num_queries(1):
        for key in ("tests.rounding", "tests.limit", "tests.rounding"):
            preference(key)


def test_a_changed_answer_holds_within_the_same_request(samaki, owner):
    with remembered():
        assert preference("tests.rounding") == 100
        set_preference("tests.rounding", 0, by=owner)
        assert preference("tests.rounding") == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tests.rounding", 1001),
        ("tests.rounding", "5"),
        ("tests.rounding", True),
        ("tests.greeting", "hm"),
        ("tests.limit", 1.5),
    ],
)
def test_what_does_not_fit_the_declaration_is_refused(samaki, owner, key, value):
    with pytest.raises(ValidationError):
        set_preference(key, value, by=owner)
    assert not Preference.objects.exists()


def test_a_declaration_may_check_for_itself(samaki, owner):
    def even(value):
        if value % 2:
            raise ValidationError("Even numbers only.")

    declare("tests.even", default=2, label="Even", check=even)
    with pytest.raises(ValidationError):
        set_preference("tests.even", 3, by=owner)


def test_unknown_keys_are_a_mistake_of_the_program(samaki, owner):
    with pytest.raises(KeyError):
        preference("tests.unknown")
    with pytest.raises(KeyError):
        set_preference("tests.unknown", 1, by=owner)


@pytest.mark.parametrize("wrong", [{"key": "tests.rounding"}, {"key": "rounding"}, {"key": "tests.x", "kind": dict}])
def test_a_wrong_declaration_is_refused(wrong):
    with pytest.raises(ValueError, match="Preference"):
        declare(**{"default": 1, "label": "x"} | wrong)


def test_a_rooms_declarations_can_be_listed():
    assert [one.key for one in declared("tests")][:2] == ["tests.greeting", "tests.limit"]
    assert declared("billing") == []
