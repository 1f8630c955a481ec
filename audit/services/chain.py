"""Sealing and proving the hash chain of one hospital (or of the platform, in the public schema)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from audit.sql import CANONICAL

LAG_ALLOWED = timedelta(minutes=10)  # a record older than this without a seal is a finding


@dataclass(frozen=True)
class Verdict:
    checked: int
    findings: list[str]

    @property
    def intact(self) -> bool:
        return not self.findings


def seal_pending(limit: int = 5_000) -> int:
    """Seal the next records of the present schema; return how many. Never waits for a writer or another sealer."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {_schema()}.audit_seal_pending(%s)", [limit])
        return cursor.fetchone()[0]


def verify_chain() -> Verdict:
    """Recompute every link; name each altered, missing, inserted or reordered record of the present schema."""
    findings: list[str] = []
    checked, expected_seq, link = 0, 1, b""
    for seq, record_id, previous, digest, canonical in _links():
        if seq != expected_seq:
            findings.append(f"seal {expected_seq}: missing (next is {seq})")
        if bytes(previous) != link:
            findings.append(f"seal {seq}: does not follow the link before it")
        if canonical is None:
            findings.append(f"record {record_id}: missing though sealed as {seq}")
        elif hashlib.sha256(bytes(previous) + canonical.encode()).digest() != bytes(digest):
            findings.append(f"record {record_id}: altered after it was sealed as {seq}")
        checked, expected_seq, link = checked + 1, seq + 1, bytes(digest)
    findings += [f"record {record_id}: never sealed" for record_id in _unsealed()]
    return Verdict(checked, findings)


def _links() -> Iterator[tuple]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"DECLARE chain NO SCROLL CURSOR FOR SELECT s.seq, s.record_id, s.previous, s.digest, "
            f"CASE WHEN r.id IS NOT NULL THEN {CANONICAL.format(r='r')} END "
            f"FROM {_schema()}.audit_seal s LEFT JOIN {_schema()}.audit_record r ON r.id = s.record_id ORDER BY s.seq"
        )
        while True:
            cursor.execute("FETCH 5000 FROM chain")
            rows = cursor.fetchall()
            if not rows:
                return
            yield from rows


def _unsealed() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id FROM {_schema()}.audit_record r WHERE r.at < %s AND NOT EXISTS "
            f"(SELECT 1 FROM {_schema()}.audit_seal s WHERE s.record_id = r.id) ORDER BY r.id LIMIT 20",
            [timezone.now() - LAG_ALLOWED],
        )
        return [row[0] for row in cursor.fetchall()]


def _schema() -> str:
    return connection.ops.quote_name(connection.schema_name)
