"""Signed checkpoints outside the database find what the chain alone cannot: a chain computed anew, or cut short."""

import json
import threading

import boto3
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from moto.server import ThreadedMotoServer

from accounts.models import Branch
from audit.models import Record, Seal
from audit.services.chain import seal_pending, verify_chain
from audit.services.checkpoints import ChainContradicted, check_checkpoints, read_checkpoints, write_checkpoint
from audit.signing import SigningKeyMissing, public_pem, signing_key
from audit.stores import AlreadyThere, DirectoryStore, store_at
from tests.audit.test_chain import WITHOUT_FOREIGN_KEYS, as_owner

REWRITTEN = """DO $$ DECLARE s record; link bytea := '\\x'; BEGIN
    FOR s IN SELECT seq, record_id FROM audit_seal ORDER BY seq LOOP
        UPDATE audit_seal SET previous = link, digest = sha256(link || convert_to((SELECT {canonical}
            FROM audit_record r
            WHERE r.id = s.record_id), 'UTF8')) WHERE seq = s.seq RETURNING digest INTO link;
    END LOOP; END $$"""


def _branches(*codes):
    for code in codes:
        Branch.objects.create(code=code, name_en=f"Branch {code}")
    while seal_pending():
        pass


@pytest.fixture
def store(tmp_path):
    return DirectoryStore(tmp_path / "checkpoints")


@pytest.fixture
def kept(committed_db, store):
    """A chain with two checkpoints behind it and a few records after the last."""
    _branches("C1", "C2")
    write_checkpoint(store)
    _branches("C3")
    write_checkpoint(store)
    _branches("C4")
    return store


def findings(store):
    return check_checkpoints(read_checkpoints(store), [signing_key().public_key()])


def rewrite():
    from audit.sql import CANONICAL

    return REWRITTEN.format(canonical=CANONICAL.format(r="r"))


def test_checkpoints_follow_one_another_and_agree_with_the_chain(kept):
    first, second = read_checkpoints(kept)
    assert (first.number, second.number) == (1, 2)
    assert second.statement["previous"] == first.fingerprint
    assert second.seq > first.seq
    assert findings(kept) == []


def test_a_checkpoint_says_nothing_of_anybody(kept):
    assert set(read_checkpoints(kept)[0].statement) == {
        "form", "schema", "number", "seq", "digest", "made_at", "previous",
    }  # fmt: skip


def test_a_chain_computed_anew_is_intact_by_itself_and_contradicts_the_checkpoints(kept):
    victim = Seal.objects.get(seq=2).record_id
    as_owner(f"UPDATE audit_record SET actor = 'somebody else' WHERE id = {victim}", rewrite())
    assert verify_chain().intact
    found = findings(kept)
    assert "samaki/00000001.json: the chain was rewritten" in found[0]
    assert len(found) == 2


def test_a_rewriting_after_the_first_checkpoint_is_placed_behind_it(kept):
    seq = read_checkpoints(kept)[0].seq
    victim = Seal.objects.get(seq=seq + 1).record_id
    as_owner(f"UPDATE audit_record SET actor = 'somebody else' WHERE id = {victim}", rewrite())
    assert [line.partition(":")[0] for line in findings(kept)] == ["checkpoint samaki/00000002.json"]


def test_a_truncated_chain_is_noticed(kept):
    seq = read_checkpoints(kept)[1].seq
    as_owner(
        WITHOUT_FOREIGN_KEYS,
        f"DELETE FROM audit_record WHERE id IN (SELECT record_id FROM audit_seal WHERE seq >= {seq})",
        f"DELETE FROM audit_seal WHERE seq >= {seq}",
    )
    assert verify_chain().intact
    assert f"truncated: on {read_checkpoints(kept)[1].statement['made_at']} it had {seq} links" in findings(kept)[0]


def test_nothing_new_is_signed_over_a_contradiction(kept):
    as_owner("UPDATE audit_record SET actor = 'x' WHERE id = (SELECT min(id) FROM audit_record)", rewrite())
    with pytest.raises(ChainContradicted, match="samaki"):
        write_checkpoint(kept)
    assert len(read_checkpoints(kept)) == 2


def test_a_forged_checkpoint_is_not_believed(kept):
    path = kept.root / "samaki" / "00000002.json"
    parts = json.loads(path.read_text())
    parts["statement"]["seq"] -= 1
    path.unlink()
    path.write_text(json.dumps(parts))
    assert "not signed by a trusted key" in findings(kept)[0]


def test_a_checkpoint_of_another_key_is_not_believed(kept):
    stranger = Ed25519PrivateKey.generate().public_key()
    assert all("trusted" in line for line in check_checkpoints(read_checkpoints(kept), [stranger]))


def test_a_removed_checkpoint_is_noticed(kept):
    (kept.root / "samaki" / "00000001.json").unlink()
    assert "one before it is missing" in findings(kept)[0]


def test_what_is_kept_is_never_written_over(store):
    store.put_new("samaki/1.json", b"first")
    with pytest.raises(AlreadyThere):
        store.put_new("samaki/1.json", b"second")
    assert store.read("samaki/1.json") == b"first"
    assert store.names("samaki") == ["samaki/1.json"]


def test_of_two_workers_one_writes(committed_db, store):
    _branches("W1")
    made = []

    def work():
        from django.db import connection

        connection.set_schema("samaki")
        made.append(write_checkpoint(store))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = read_checkpoints(store)
    assert len(made) == 4
    assert len(kept) == len([one for one in made if one])
    assert [one.number for one in kept] == list(range(1, len(kept) + 1))
    assert findings(store) == []


def test_a_key_that_is_none_is_refused(settings):
    settings.AUDIT_SIGNING_KEY = "c2hvcnQ="
    with pytest.raises(SigningKeyMissing):
        signing_key()


def test_verify_audit_proves_by_the_exported_public_key(kept, tmp_path, capsys):
    key = tmp_path / "installation.pem"
    key.write_bytes(public_pem(signing_key().public_key()))
    call_command("verify_audit", schema="samaki", checkpoints=str(kept.root), public_key=[str(key)])
    shown = capsys.readouterr().out
    assert "intact" in shown
    assert "2 signed checkpoints" in shown
    as_owner("UPDATE audit_record SET actor = 'x' WHERE id = (SELECT min(id) FROM audit_record)", rewrite())
    with pytest.raises(CommandError, match="samaki"):
        call_command("verify_audit", schema="samaki", checkpoints=str(kept.root), public_key=[str(key)])
    assert "rewritten" in capsys.readouterr().out


def test_without_a_key_verify_audit_says_what_it_needs(kept, settings):
    settings.AUDIT_SIGNING_KEY = ""
    with pytest.raises(CommandError, match="--public-key"):
        call_command("verify_audit", schema="samaki", checkpoints=str(kept.root))


# --- An object store --------------------------------------------------------------------------------------------------


@pytest.fixture
def bucket(settings):
    """A local server that speaks the S3 protocol, with one bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        settings.AUDIT_S3_ENDPOINT = f"http://{host}:{port}"
        settings.AUDIT_S3_ACCESS_KEY = settings.AUDIT_S3_SECRET_KEY = "tests-only"
        boto3.client(
            "s3",
            endpoint_url=settings.AUDIT_S3_ENDPOINT,
            region_name="us-east-1",
            aws_access_key_id="tests-only",
            aws_secret_access_key="tests-only",
        ).create_bucket(Bucket="proof")
        yield "s3://proof/hospitals"
    finally:
        server.stop()


def test_a_bucket_keeps_checkpoints_as_a_directory_does(committed_db, bucket):
    store = store_at(bucket)
    _branches("B1")
    write_checkpoint(store)
    _branches("B2")
    write_checkpoint(store)
    assert [one.name for one in read_checkpoints(store)] == ["samaki/00000001.json", "samaki/00000002.json"]
    assert findings(store) == []
    with pytest.raises(AlreadyThere):
        store.put_new("samaki/00000001.json", b"forged")
    assert findings(store) == []
    assert len(store.names("public")) == 1


# --- The chain itself -------------------------------------------------------------------------------------------------


@pytest.fixture
def chain(committed_db):
    _branches("N1", "N2", "N3", "N4", "N5", "N6")
    return list(Seal.objects.order_by("-seq")[:5])[::-1]


def test_two_records_that_changed_places_are_named(chain):
    one, other = chain[1], chain[2]
    as_owner(
        WITHOUT_FOREIGN_KEYS,
        "ALTER TABLE audit_seal DROP CONSTRAINT IF EXISTS audit_seal_record_id_key",
        f"UPDATE audit_seal SET record_id = CASE seq WHEN {one.seq} THEN {other.record_id} ELSE {one.record_id} END "
        f"WHERE seq IN ({one.seq}, {other.seq})",
    )
    assert f"record {one.record_id}: reordered, sealed as {one.seq}" in verify_chain().findings[0]


def test_two_links_that_changed_places_are_named(chain):
    one, other = chain[1], chain[2]
    as_owner(
        f"UPDATE audit_seal SET seq = -1 WHERE seq = {one.seq}",
        f"UPDATE audit_seal SET seq = {one.seq} WHERE seq = {other.seq}",
        f"UPDATE audit_seal SET seq = {other.seq} WHERE seq = -1",
    )
    assert f"record {other.record_id}: reordered" in verify_chain().findings[0]


def test_a_link_put_between_two_others_is_named(chain):
    from audit.sql import CANONICAL

    at = chain[2].seq
    columns = ", ".join(field.column for field in Record._meta.fields if field.column != "id")
    as_owner(
        f"INSERT INTO audit_record ({columns}) SELECT {columns} FROM audit_record WHERE id = {chain[-1].record_id}",
        f"UPDATE audit_seal SET seq = seq + 100000 WHERE seq >= {at}",
        "UPDATE audit_seal SET seq = seq - 99999 WHERE seq > 100000",
        f"INSERT INTO audit_seal SELECT {at}, r.id, r.txid, s.digest, "
        f"sha256(s.digest || convert_to({CANONICAL.format(r='r')}, 'UTF8')), now() "
        f"FROM audit_seal s, audit_record r WHERE s.seq = {at - 1} AND r.id = (SELECT max(id) FROM audit_record)",
    )
    forged = Record.objects.latest("id").pk
    assert verify_chain().findings[0] == f"record {forged}: inserted before {at + 1}, which followed {at - 1}"


def test_a_link_taken_out_with_the_numbers_closed_up_is_noticed(chain):
    gone = chain[2]
    as_owner(
        WITHOUT_FOREIGN_KEYS,
        f"DELETE FROM audit_seal WHERE seq = {gone.seq}",
        f"DELETE FROM audit_record WHERE id = {gone.record_id}",
        f"UPDATE audit_seal SET seq = seq + 100000 WHERE seq > {gone.seq}",
        "UPDATE audit_seal SET seq = seq - 100001 WHERE seq > 100000",
    )
    found = verify_chain().findings[0]
    assert found == f"record {chain[3].record_id}: the record sealed before it, as {gone.seq - 1}, is missing"


def test_a_record_with_a_false_time_is_named_even_when_it_was_sealed(chain):
    columns = ", ".join(field.column for field in Record._meta.fields if field.column not in {"id", "at"})
    as_owner(
        f"INSERT INTO audit_record (at, {columns}) SELECT now() - interval '1 day', {columns} FROM audit_record "
        f"WHERE id = {chain[0].record_id}"
    )
    while seal_pending():
        pass
    assert verify_chain().findings == [
        f"record {Record.objects.latest('id').pk}: inserted, its time is before its number's"
    ]


def test_sealing_keeps_no_writer_waiting(chain):
    """A writer goes on while a sealer's transaction, with its links written, is still open."""
    with psycopg.connect(settings.DATABASE_OWNER_URL) as sealer:
        sealer.execute("SET search_path = samaki")
        sealer.execute("UPDATE accounts_branch SET phone = '1' WHERE code = 'N1'")
        sealer.execute("SELECT audit_seal_pending(100)")
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as writer:
            writer.execute("SET search_path = samaki; SET lock_timeout = '2s'")
            writer.execute("UPDATE accounts_branch SET phone = '2' WHERE code = 'N2'")
        sealer.rollback()
    assert Branch.objects.get(code="N2").phone == "2"
