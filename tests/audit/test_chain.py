"""The hash chain names what was altered, removed or slipped in."""

import time

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import Branch
from audit.models import Record, Seal
from audit.services.chain import seal_pending, verify_chain

WITHOUT_FOREIGN_KEYS = """DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = 'samaki.audit_seal'::regclass AND contype = 'f'
    LOOP EXECUTE format('ALTER TABLE samaki.audit_seal DROP CONSTRAINT %I', c.conname); END LOOP; END $$"""


def seal_all():
    """Seal everything; transactions of the whole server, other tests' too, may hold the newest back a moment."""
    deadline = time.monotonic() + 30
    while Seal.objects.count() < Record.objects.count() and time.monotonic() < deadline:
        if not seal_pending():
            time.sleep(0.05)


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
    with psycopg.connect(settings.DATABASE_URL) as slow:
        slow.execute("SET search_path = samaki")
        slow.execute("UPDATE accounts_branch SET phone = 'slow'")
        Branch.objects.create(code="QCK", name_en="Quick")
        seal_pending()
        assert not Seal.objects.filter(record__row_id=str(Branch.objects.get(code="QCK").pk)).exists()
        slow.commit()
    seal_all()
    assert verify_chain().intact
    assert Seal.objects.count() == Record.objects.count()
