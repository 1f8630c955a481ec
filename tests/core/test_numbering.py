import contextlib

import pytest
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from core.models import Counter
from core.numbering import next_number


def test_a_series_begins_with_one_and_goes_on(samaki):
    assert [next_number("invoice") for _ in range(3)] == [1, 2, 3]
    assert next_number("receipt") == 1


def test_each_hospital_has_its_own_series(samaki, royal):
    next_number("invoice")
    with tenant_context(royal):
        assert next_number("invoice") == 1


def test_a_rollback_gives_the_number_back(samaki):
    next_number("invoice")
    with contextlib.suppress(KeyError), transaction.atomic():
        assert next_number("invoice") == 2
        raise KeyError
    assert next_number("invoice") == 2


def test_a_number_is_refused_outside_a_transaction(committed_db):
    with pytest.raises(RuntimeError, match="transaction"):
        next_number("invoice")


def test_twenty_at_once_get_twenty_numbers_without_gap_or_repeat(committed_db, race):
    def issue():
        with transaction.atomic():
            return next_number("ticket:doctor")

    outcome = race(issue, times=20)
    assert outcome.errors == []
    assert sorted(outcome.results) == list(range(1, 21))
    assert Counter.objects.get(key="ticket:doctor").value == 20


def test_whoever_fails_leaves_no_gap_to_those_who_wait(committed_db, race):
    def issue():
        with transaction.atomic():
            number = next_number("invoice")
            if number % 3 == 0 and connection.in_atomic_block and not failed:
                failed.append(number)
                raise ValueError
            return number

    failed = []
    outcome = race(issue, times=9)
    assert len(outcome.errors) == 1
    assert sorted(outcome.results) == list(range(1, 9))
