"""The hash chain names what was altered, removed or slipped in."""

import time

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError

from accounts.models import Branch
from audit.models import Record, Seal, Watermark
from audit.services.chain import seal_pending, verify_chain

WITHOUT_FOREIGN_KEYS = """DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = 'samaki.audit_seal'::regclass AND contype = 'f'
    LOOP EXECUTE format('ALTER TABLE samaki.audit_seal DROP CONSTRAINT %I', c.conname); END LOOP; END $$"""


def seal_all():
    while seal_pending():
        pass


@pytest.fixture
def sealed(committed_db):
    """A hospital with a few sealed records."""
    for number in range(5):
        Branch.objects.create(code=f"T{number}", name_en=f"Branch {number}")
    seal_all()
    return Record.objects.order_by("-id")[2]


def as_owner(*statements):
    """What somebody with the tables' owner's password could do."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute("SET search_path = samaki")
        for table in ("audit_record", "audit_seal"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER frozen_rows")
        for statement in statements:
            owner.execute(statement)


def test_an_untouched_trail_is_intact(sealed):
    verdict = verify_chain()
    assert verdict.intact
    assert verdict.checked == Record.objects.count() == Seal.objects.count()


def test_sealing_twice_adds_nothing(sealed):
    assert seal_pending() == 0


def test_an_altered_record_is_named(sealed):
    as_owner(f"UPDATE audit_record SET actor = 'somebody else' WHERE id = {sealed.pk}")
    assert f"record {sealed.pk}: altered" in verify_chain().findings[0]


def test_a_removed_record_is_named(sealed):
    as_owner(
        WITHOUT_FOREIGN_KEYS,
        f"DELETE FROM audit_record WHERE id = {sealed.pk}",
    )
    assert f"record {sealed.pk}: missing" in verify_chain().findings[0]


def test_a_removed_link_is_named(sealed):
    seq = Seal.objects.get(record_id=sealed.pk).seq
    as_owner(f"DELETE FROM audit_seal WHERE seq = {seq}")
    assert f"seal {seq}: missing" in verify_chain().findings[0]


def test_a_record_slipped_in_behind_the_seal_is_named(sealed):
    columns = ", ".join(field.column for field in Record._meta.fields if field.column not in {"id", "txid", "at"})
    as_owner(
        f"INSERT INTO audit_record (txid, at, {columns}) "
        f"SELECT 1, now() - interval '1 hour', {columns} FROM audit_record WHERE id = {sealed.pk}"
    )
    assert "never sealed" in verify_chain().findings[-1]


def test_verify_audit_fails_loudly_and_names_the_hospital(sealed, capsys):
    as_owner(f"UPDATE audit_record SET reason = 'x' WHERE id = {sealed.pk}")
    with pytest.raises(CommandError, match="samaki"):
        call_command("verify_audit", schema="samaki")


def test_a_running_writer_neither_blocks_nor_escapes_the_seal(committed_db):
    """What others wrote meanwhile is sealed at once, and the slow writer's record once it is there."""
    with psycopg.connect(settings.DATABASE_URL) as slow:
        slow.execute("SET search_path = samaki")
        slow.execute("UPDATE accounts_branch SET phone = 'slow'")
        Branch.objects.create(code="QCK", name_en="Quick")
        for _run in range(4):
            seal_all()
        assert Seal.objects.filter(record__row_id=str(Branch.objects.get(code="QCK").pk)).exists()
        assert Seal.objects.count() == Record.objects.count()
        slow.commit()
    seal_all()
    assert Record.objects.order_by("id").filter(after={"phone": "slow"}).get().seal
    assert verify_chain().intact
    assert Seal.objects.count() == Record.objects.count()


def test_a_writer_than_whom_nobody_is_younger_is_waited_for(committed_db):
    """What a snapshot calls the next transaction is this one: nobody who began later has ended yet."""
    with psycopg.connect(settings.DATABASE_URL) as slow:
        slow.execute("SET search_path = samaki")
        slow.execute("UPDATE accounts_branch SET phone = 'slow'")
        for _run in range(4):
            seal_pending()
        slow.commit()
    seal_all()
    assert Record.objects.order_by("id").filter(after={"phone": "slow"}).get().seal
    assert verify_chain().intact
    assert Seal.objects.count() == Record.objects.count()


def test_the_watermark_follows_once_nobody_of_that_time_writes_any_more(sealed):
    for _run in range(300):
        seal_pending()
        if Watermark.objects.get().settled_id == Record.objects.latest("id").pk:
            break
        time.sleep(0.2)  # another test's transaction on this server may still run
    assert Watermark.objects.get().settled_id == Record.objects.latest("id").pk


def test_a_long_backlog_is_sealed_in_pieces_without_gap(committed_db):
    for number in range(40):
        Branch.objects.create(code=f"L{number}", name_en="Backlog")
    while seal_pending(7):
        assert Watermark.objects.get().settled_id <= Seal.objects.latest("seq").record_id
    assert Seal.objects.count() == Record.objects.count()
    assert verify_chain().intact


def test_sealing_goes_on_in_another_cluster_after_a_restore(sealed):
    """There transaction numbers begin anew, below those of every record and of the watermark in the dump."""
    far = 9_000_000_000_000
    columns = ", ".join(field.column for field in Record._meta.fields if field.column not in {"id", "txid"})
    as_owner(
        f"INSERT INTO audit_record (txid, {columns}) SELECT {far}, {columns} FROM audit_record WHERE id = {sealed.pk}",
        f"UPDATE audit_watermark SET drawn_xid = {far}",
    )
    Branch.objects.create(code="NEW", name_en="After the restore")
    assert seal_pending() == 2
    assert verify_chain().intact
    assert Watermark.objects.get().drawn_xid < far
    Branch.objects.create(code="NXT", name_en="Later")
    assert seal_pending() == 1
    assert verify_chain().intact
    assert Seal.objects.count() == Record.objects.count()


def test_the_application_cannot_move_the_watermark(sealed):
    with pytest.raises(ProgrammingError, match="permission denied"):
        Watermark.objects.update(settled_id=10**9)
