"""A hospital is made step by step, completely, by a process of its own."""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from accounts.models import Department, Invitation, Role, User
from core.errors import DomainError
from hospitals.models import Domain, Hospital, Plan, Provisioning
from hospitals.services.platform import prepare_platform
from hospitals.services.provisioning import register_hospital, restart_provisioning

NAMES = {"name_en": "Third Hospital", "name_km": "មន្ទីរពេទ្យទីបី", "name_zh_hans": "第三医院"}


def register(schema="third"):
    with schema_context("public"):
        return register_hospital(
            schema_name=schema, names=NAMES, owner_name="Owner", owner_username="owner", owner_email="o@third.example"
        )


def make(job):
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "provision_hospital", str(job.pk)]
    environment = {**os.environ, "USE_OWNER_ROLE": "1", "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_hospital_is_complete_and_its_owner_invited(committed_db):
    job = register()
    started = time.monotonic()
    done = make(job)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 60  # the figure itself is printed by `make bench`; a busy machine is no defect
    with schema_context("public"):
        job = Provisioning.objects.get(pk=job.pk)
        assert (job.step, job.percent, job.hospital.ready, job.hospital.status) == ("done", 100, True, "trial")
        assert set(Domain.objects.filter(tenant=job.hospital).values_list("surface", flat=True)) == {"portal", "queue"}
    with schema_context("third"):
        assert Role.objects.count() == 10
        assert Role.objects.get(code="doctor").name_km
        assert Department.objects.filter(kind="outpatient").exists()
        assert User.objects.get(username="owner").role_codes == {"owner"}
        assert Invitation.objects.get().is_open
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'third'")
        third = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'samaki'")
        assert third == cursor.fetchone()[0]


def test_the_application_itself_cannot_make_a_schema(samaki):
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("CREATE SCHEMA sneaky")


def test_a_finished_setup_cannot_be_started_again(samaki):
    job = register()
    with schema_context("public"):
        Provisioning.objects.filter(pk=job.pk).update(step="done")
        with pytest.raises(DomainError):
            restart_provisioning(hospital=job.hospital, by=None)


def test_a_failed_setup_goes_on_where_it_stopped_and_two_makers_do_not_meet(committed_db):
    job = register()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('provision.third', 1))")
        assert make(job).returncode == 0
        with schema_context("public"):
            assert not Hospital.objects.get(pk=job.hospital_id).ready  # the other maker holds the lock
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended('provision.third', 1))")
    assert make(job).returncode == 0
    assert make(job).returncode == 0
    with schema_context("public"):
        assert Hospital.objects.get(pk=job.hospital_id).ready


def test_preparing_the_platform_twice_changes_nothing(samaki):
    with schema_context("public"):
        prepare_platform()
        before = list(Plan.objects.values("code", "monthly_usd"))
        prepare_platform()
        assert list(Plan.objects.values("code", "monthly_usd")) == before


def test_every_hospital_has_names_in_three_languages(samaki):
    with schema_context("public"):
        assert all(hospital.name_km and hospital.name_zh_hans for hospital in Hospital.objects.all())
