"""The suite's own promises: where a test stands, as whom, and that nothing of it is left."""

import base64

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from tests.support.second_factor import code


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


def test_the_second_factor_s_code_is_the_standard_s():
    # RFC 6238, appendix B: SHA-1, the last six of eight digits
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert [code(secret, moment) for moment in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_the_running_product_shows_its_front_page(page_for):
    assert page_for(None, surface="landing").title()


def test_somebody_signs_in_through_the_form(page_for, receptionist):
    page = page_for("receptionist")
    assert page.url.endswith("/")
    assert page.locator("body").inner_text()


def test_the_owner_gives_a_second_factor(page_for):
    assert "/login" not in page_for("owner").url
