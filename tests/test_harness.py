"""The suite's own promises: where a test stands, as whom, and that nothing of it is left."""

import pytest
from django.db import connection
from django_tenants.utils import tenant_context


def test_a_test_stands_in_samaki_as_the_application(samaki):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema(), rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("ihospita_app", "samaki", False)


@pytest.mark.django_db
def test_the_mark_alone_is_enough():
    assert connection.schema_name == "samaki"


def test_the_twin_hospital_has_its_own_cast(doctor, royal, staff):
    with tenant_context(royal):
        assert staff("doctor").pk != doctor.pk
    assert connection.schema_name == "samaki"


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_writes_is_rolled_back(turn, doctor):
    assert doctor.language == ""
    doctor.language = "km"
    doctor.save()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_committed_database_is_new_for_every_test(turn, committed_db, doctor):
    assert doctor.language == ""
    doctor.language = "km"
    doctor.save()


def test_a_race_runs_in_parallel_on_connections_of_their_own(race):
    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_schema()")
            pid, schema = cursor.fetchone()
            assert schema == "samaki"
            return pid

    outcome = race(backend, times=4)
    assert outcome.errors == []
    assert len(set(outcome.results)) == 4
