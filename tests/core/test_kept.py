"""Queries that are put together once: the same rows as Django's own, for each hospital, person and language."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.db.models import Prefetch
from django.db.transaction import TransactionManagementError
from django.utils import translation
from django_tenants.utils import schema_context

from accounts.models import Branch, Department, Room
from core import clock
from core.db.kept import kept
from patients.models import AccessGrant

pytestmark = pytest.mark.django_db


@kept
def rooms_of(departments, *, active):
    return Room.objects.select_related("department").filter(department__id__any=departments, is_active=active)


@kept
def department_of(branch, code):
    return Department.objects.filter(branch=branch, code=code)[:1]


def test_rows_are_those_django_would_give_with_what_they_join(samaki, query_count):
    departments = [one.pk for one in Department.objects.order_by("code")[:3]]
    expected = list(Room.objects.filter(department__in=departments, is_active=True))
    assert expected
    for wanted in (departments, departments[:1], []):  # one statement for every number of them
        rows = [room for room in expected if room.department_id in wanted]
        with query_count() as read:
            found = rooms_of(wanted, active=True)
            joined = [room.department.code for room in found]
        assert read.count == 1
        assert found == rows
        assert joined == [room.department.code for room in rows]
    assert rooms_of(departments, active=False) == []
    assert len(rooms_of.known) == 2  # two shapes, by name


def test_each_call_has_its_own_values(samaki):
    branch = Branch.objects.first()
    for code in ("OPD", "LAB"):
        assert department_of.first(branch.pk, code) == Department.objects.get(branch=branch, code=code)
    assert department_of.first(uuid4(), "OPD") is None
    assert department_of.first(branch.pk, "' OR true --") is None


def test_moments_and_days_are_values_too(samaki):
    @kept
    def of_person(person, now, day):
        grants = AccessGrant.objects.filter(user=person, expires_at__gt=now, opened_at__lte=now)
        return grants.filter(opened_at__date=day).values_list("patient_id", flat=True)

    assert of_person(uuid4(), clock.now(), clock.today()) == []
    assert of_person(uuid4(), clock.now() + timedelta(days=1), clock.today()) == []
    assert len(of_person.known) == 1


def test_what_is_kept_in_one_hospital_reads_the_other_ones_tables_there(samaki, royal):
    @kept
    def names():
        return Branch.objects.values_list("code", flat=True)

    with schema_context(samaki.schema_name):
        ours = names()
    with schema_context(royal.schema_name):
        theirs = names()
        assert theirs == list(Branch.objects.values_list("code", flat=True))
    with schema_context(samaki.schema_name):
        assert names() == ours
    assert ours != theirs
    assert connection.schema_name


def test_a_translated_order_follows_the_readers_language(samaki):
    @kept
    def by_name():
        return Department.objects.order_by("name")

    for language in ("en", "km", "zh-hans", "en"):
        with translation.override(language):
            assert by_name() == list(Department.objects.order_by("name"))


def test_a_value_that_is_not_in_the_query_as_given_is_a_mistake(samaki):
    @kept
    def shouting(code):
        return Department.objects.filter(code=code.upper() + "!")

    with pytest.raises(ValueError, match="shouting"):
        shouting("opd")
    with pytest.raises(TypeError):
        department_of(3.5, "OPD")


def test_a_lock_needs_a_transaction(samaki, monkeypatch):
    @kept
    def locked(pk):
        return Branch.objects.select_for_update().filter(pk=pk)

    pk = Branch.objects.first().pk
    with transaction.atomic():
        assert locked.first(pk).pk == pk
    monkeypatch.setattr(connections["default"], "in_atomic_block", False)
    with pytest.raises(TransactionManagementError):
        locked.first(pk)


def test_what_prefetches_is_not_kept(samaki):
    @kept
    def with_rooms():
        return Department.objects.prefetch_related(Prefetch("rooms", queryset=Room.objects.all()))

    with pytest.raises(ValueError, match="with_rooms"):
        with_rooms()
