"""Every write is trailed by the database itself, whoever wrote it and however."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django_tenants.utils import tenant_context

from accounts.models import Branch, User
from audit import context
from audit.models import Record
from audit.services import record_event, record_export, record_printing, record_reading


def newest(table="accounts_branch"):
    return Record.objects.filter(table_name=table).order_by("id").last()


def make_branch(**names):
    return Branch.objects.create(code="TST", name_en="Test branch", **names)


def test_insert_names_who_what_and_why(samaki):
    with context(actor_id="7", actor="sok", role="doctor", reason="new site", request_id="r-1", address="10.0.0.9"):
        branch = make_branch()
    record = newest()
    assert (record.kind, record.row_id, record.actor, record.role) == ("insert", str(branch.pk), "sok", "doctor")
    assert (record.reason, record.request_id, record.address) == ("new site", "r-1", "10.0.0.9")
    assert record.after["name_en"] == "Test branch"


def test_update_keeps_only_what_changed_before_and_after(samaki):
    branch = make_branch()
    branch.phone = "012 345 678"
    branch.save(update_fields=["phone"])
    assert (newest().before, newest().after) == ({"phone": ""}, {"phone": "012 345 678"})


def test_an_update_that_changes_nothing_leaves_no_record(samaki):
    make_branch()
    before = Record.objects.count()
    Branch.objects.filter(code="TST").update(phone="")
    assert Record.objects.count() == before


def test_bulk_and_raw_writes_are_trailed(samaki):
    make_branch()
    Branch.objects.filter(code="TST").update(phone="1")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_branch WHERE code = 'TST'")
    records = Record.objects.filter(row_id=newest().row_id).order_by("id")
    assert [record.kind for record in records] == ["insert", "update", "delete"]
    assert newest().before["phone"] == "1"


def test_the_writer_is_named_again_after_a_rollback_and_a_change_of_writer(samaki):
    with context(actor="sok"):
        with transaction.atomic():
            make_branch()
            transaction.set_rollback(True)
        make_branch()
        assert newest().actor == "sok"
    with context(actor="dara"):
        Branch.objects.filter(code="TST").update(phone="2")
    assert newest().actor == "dara"


def test_a_write_outside_any_transaction_names_its_writer(committed_db):
    with context(actor="sok"):
        make_branch()
    assert newest().actor == "sok"
    make_branch_again = Branch.objects.filter(code="TST")
    make_branch_again.update(phone="3")
    assert newest().actor == ""


def test_passwords_never_reach_the_trail(samaki):
    user = User.objects.create_user("new.person", "new@samaki.example", "a-long-password-1", full_name="New Person")
    record = newest("accounts_user")
    assert record.after["password"] == "[hidden]"
    assert user.password not in str(record.after)


def test_readings_and_events_are_noted_with_their_reader(samaki):
    with context(actor="sok", path="GET /patients/x/"):
        record_reading("0190-patient", "chart")
        record_event("printed", "billing_invoice", "0190-invoice", copies=2)
    reading, event = Record.objects.order_by("-id")[:2][::-1]
    assert (reading.kind, reading.row_id, reading.after, reading.actor) == (
        "read",
        "0190-patient",
        {"page": "chart"},
        "sok",
    )
    assert (event.kind, event.after) == ("event", {"event": "printed", "copies": 2})


def test_papers_and_exports_are_kinds_of_their_own(samaki):
    record_printing("patients:patient-card", patient_id="0190-patient")
    record_printing("billing:shift-report", subject="billing_shift", row_id="0190-shift")
    record_export("oversight:trail", subject="audit_record", rows=3)
    card, shift, export = Record.objects.order_by("-id")[:3][::-1]
    assert (card.kind, card.table_name, card.row_id) == ("print", "patients_patient", "0190-patient")
    assert (shift.kind, shift.table_name, shift.after) == ("print", "billing_shift", {"page": "billing:shift-report"})
    assert (export.kind, export.after) == ("export", {"page": "oversight:trail", "rows": 3})


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE audit_record SET actor = 'nobody'",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record CASCADE",
        "UPDATE audit_seal SET digest = ''",
        "DELETE FROM audit_seal",
        "ALTER TABLE audit_record DISABLE TRIGGER frozen_rows",
        "DROP TRIGGER audit_row ON accounts_branch",
        "SET session_replication_role = replica",
        "INSERT INTO audit_seal (seq, record_id, txid, previous, digest, sealed_at) VALUES (9, 9, 9, '', '', now())",
        "INSERT INTO audit_record (txid, at, kind, table_name, row_id, actor_id, actor, role, reason, request_id,"
        " address, path, branch, database_user)"
        " VALUES (1, now(), 'insert', 'x', '', '', '', '', '', '', '', '', '', '')",
        "SELECT audit_note('insert', 'accounts_branch', '1', '{}', '{}')",
    ],
)
def test_the_application_cannot_change_forge_or_silence_the_trail(samaki, attempt):
    make_branch()
    before = list(Record.objects.values())
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt)
    assert list(Record.objects.values()) == before


def test_a_write_into_the_hospital_next_door_is_trailed_there(samaki, royal):
    with tenant_context(royal):
        before = Record.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE royal.accounts_branch SET phone = '099'")
    with tenant_context(royal):
        assert Record.objects.count() == before + 1
    assert not Record.objects.filter(after={"phone": "099"}).exists()
