"""The platform's own trail: acts of its staff, immutable, sealed, verified, and searched on the console."""

import uuid
from datetime import timedelta

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils.functional import Promise
from django_tenants.utils import schema_context

from accounts.services.visits import allow_visits
from audit.models import Record, Seal
from audit.registry import NOT_TRAILED
from audit.services.chain import seal_pending
from core.clock import today
from hospitals.models import Hospital, Plan
from oversight.words import PLATFORM_TABLES, TABLES
from oversight.words.fields import FIELDS
from tests.guards.test_step_up import STEP_UP

REASON = "The queue looks empty to them, ticket 4711"


def once(**form):
    return {"_once": str(uuid.uuid4()), **form}


@pytest.fixture
def console(client_for):
    return client_for("superadmin", surface="console")


def found(client, **asked):
    return [(row.record.kind, row.where, row.person, row.record.reason) for row in
            client.get("/trail/", asked).context["rows"]]  # fmt: skip


def act(console, client_for, samaki, royal, doctor, owner):
    """What superadmins and support do: a hospital is made, one closed, a plan and a role template changed, a visit."""
    with schema_context("public"):
        plan = Plan.objects.get(code="clinic")
    new = {"schema_name": "newone", "name_en": "New One", "owner_name": "Some Owner", "owner_username": "owner"}
    assert console.post("/hospitals/new/", once(**new, plan=str(plan.pk), owner_email="o@x.example")).status_code == 302
    assert console.post(f"/hospitals/{royal.pk}/suspend/", once(reason="The bill was not paid")).status_code == 302
    names = {f"{name}_{language}": "Clinic" for name in ("name", "description") for language in ("en", "km", "zh_hans")}
    assert console.post(f"/plans/{plan.pk}/", once(**names, monthly_usd="99.00")).status_code == 302
    assert console.post("/role-templates/doctor/", once(permissions=["patient:view"])).status_code == 302
    allow_visits(until=today() + timedelta(days=1), by=owner)
    supporter = client_for("support", surface="console")
    asked = supporter.post(f"/hospitals/{samaki.pk}/visit/", once(person=str(doctor.pk), reason=REASON))
    assert asked.status_code == 302


@pytest.mark.parametrize(("who", "status"), [("superadmin", 200), ("support", 403), ("platform-billing", 403)])
def test_only_superadmins_search_it(samaki, client_for, who, status):
    assert client_for(who, surface="console").get("/trail/").status_code == status


def test_every_act_of_the_console_is_on_record_with_who_and_why(console, client_for, samaki, royal, doctor, owner):
    act(console, client_for, samaki, royal, doctor, owner)
    assert ("insert", "Hospital", "Super Admin", "") in found(console, table="hospitals_hospital")
    assert ("update", "Hospital", "Super Admin", "The bill was not paid") in found(console, hospital=str(royal.pk))
    assert ("update", "Plan", "Super Admin", "") in found(console, table="hospitals_plan", kind="update")
    assert found(console, table="hospitals_roletemplate", kind="update")[0][2] == "Super Admin"
    assert ("event", "", "Support Desk", "") in found(console, kind="impersonation", hospital=str(samaki.pk))
    assert found(console, hospital=str(samaki.pk), table="hospitals_plan") == []
    client_for("support", surface="console").post("/logout/", once())
    assert ("event", "Colleague", "Support Desk", "") in found(console, kind="sign_in")


def test_a_record_tells_before_and_after_in_words(console, client_for, samaki, royal, doctor, owner):
    act(console, client_for, samaki, royal, doctor, owner)
    with schema_context("public"):
        suspended = Record.objects.filter(table_name="hospitals_hospital", row_id=str(royal.pk)).latest("id")
        visit = Record.objects.filter(kind="event", after__event="support_visit").latest("id")
    page = console.get(f"/trail/records/{suspended.pk}/")
    lines = {line.label: (line.before, line.after) for line in page.context["lines"]}
    assert lines["Status"] == ("Trial", "Suspended")
    assert "The bill was not paid" in page.content.decode()
    assert str(samaki) in console.get(f"/trail/records/{visit.pk}/").content.decode()
    assert console.get(f"/trail/rows/hospitals_hospital/{royal.pk}/").status_code == 200
    assert console.get("/trail/rows/patients_patient/1/").status_code == 404
    assert console.get("/trail/records/0/").status_code == 404


def test_reading_it_is_recorded_and_it_tells_nothing_of_a_hospital_s_own_trail(console, samaki, client_for):
    client_for("doctor").get("/patients/")
    rows = console.get("/trail/").context["rows"]
    assert rows
    with schema_context("public"):
        assert {row.pk for row in rows} <= set(Record.objects.values_list("pk", flat=True))
        assert Record.objects.filter(kind="event", after__event="trail_read").exists()
    assert {row.person for row in rows} & {"Sok Piseth", "doctor"} == set()


def test_nobody_changes_or_removes_it(console, samaki):
    console.get("/trail/")
    with schema_context("public"):
        for statement in ("UPDATE audit_record SET actor = 'x'", "DELETE FROM audit_record", "TRUNCATE audit_record"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_verify_audit_proves_it_and_names_what_was_altered(committed_db, samaki, royal, client_for, tmp_path, capsys):
    console = client_for("superadmin", surface="console")
    console.post(f"/hospitals/{royal.pk}/suspend/", once(reason="The bill was not paid"))
    call_command("verify_audit", schema="public", checkpoints=str(tmp_path))
    assert "public:" in capsys.readouterr().out
    with schema_context("public"):
        assert seal_pending() == 0
        record = Record.objects.filter(table_name="hospitals_hospital", row_id=str(royal.pk)).latest("id")
        assert Seal.objects.filter(record=record).exists()
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute("ALTER TABLE public.audit_record DISABLE TRIGGER frozen_rows")
        owner.execute("UPDATE public.audit_record SET reason = 'nothing' WHERE id = %s", [record.pk])
    with pytest.raises(CommandError, match="public"):
        call_command("verify_audit", schema="public", checkpoints=str(tmp_path))
    assert f"record {record.pk}: altered" in capsys.readouterr().out


def test_suspending_and_visiting_ask_once_more_who_is_there():
    assert {"console:hospital-suspend", "console:visit-new", "console:role-template-edit"} <= STEP_UP


def test_every_table_and_field_of_the_platform_has_a_name():
    platform = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in settings.SHARED_APPS and model._meta.db_table not in NOT_TRAILED
    ]
    assert {model._meta.db_table for model in platform} - TABLES.keys() - PLATFORM_TABLES.keys() == set()
    nameless = {
        f"{model._meta.label}.{field.name}"
        for model in platform
        for field in model._meta.concrete_fields
        if not isinstance(field._verbose_name, Promise) and field.name not in FIELDS
    }
    assert nameless == set()


def test_a_page_asks_the_same_number_of_questions_for_few_rows_and_for_many(console, royal, query_count):
    counts = []
    for times in (1, 12):
        for number in range(times):
            with schema_context("public"):
                Hospital.objects.filter(pk=royal.pk).update(phone=f"0{times}{number}")
        console.get("/trail/", {"hospital": str(royal.pk)})
        with query_count() as queries:
            console.get("/trail/", {"hospital": str(royal.pk)})
        counts.append(queries.count)
    assert counts[0] == counts[1]
