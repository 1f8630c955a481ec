"""Jobs: what beat sends exists, and goes only to hospitals that are open."""

import pytest
from celery.schedules import maybe_schedule
from django_tenants.utils import schema_context

from config.beat import HospitalScheduler
from config.celery import app
from config.schedule import SCHEDULE
from hospitals.models import Hospital
from hospitals.states import HospitalStatus


@pytest.mark.parametrize("name", SCHEDULE)
def test_beat_sends_jobs_that_exist(name):
    app.loader.import_default_modules()
    assert SCHEDULE[name]["task"] in app.tasks
    assert maybe_schedule(SCHEDULE[name]["schedule"])


def _schemas(tenant_schemas: list[str] | None = None) -> list[str]:
    headers = {"_schema_name": tenant_schemas[0]} if tenant_schemas else {"_all_tenants_only": True}
    scheduler = HospitalScheduler.__new__(HospitalScheduler)
    return sorted(scheduler._schemas(type("Entry", (), {"options": {"headers": headers}})()))


def change(hospital: Hospital, **fields: object) -> None:
    with schema_context("public"):
        Hospital.objects.filter(pk=hospital.pk).update(**fields)


def test_a_hospital_s_jobs_go_to_every_open_hospital(samaki):
    assert _schemas() == ["royal", "samaki"]


def test_a_suspended_hospital_gets_no_jobs(samaki, royal):
    change(royal, status=HospitalStatus.SUSPENDED)
    assert _schemas() == ["samaki"]


def test_a_hospital_that_is_not_ready_gets_no_jobs(samaki, royal):
    change(royal, ready=False)
    assert _schemas() == ["samaki"]


def test_a_job_of_the_platform_goes_to_the_public_schema(samaki):
    assert _schemas(["public"]) == ["public"]
