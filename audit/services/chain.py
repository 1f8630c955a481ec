"""Sealing and proving the hash chain of one hospital (or of the platform, in the public schema)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from audit.sql import CANONICAL

LAG_ALLOWED = timedelta(minutes=10)  # a record older than this without a seal is a finding
CLOCK_STEP = timedelta(minutes=5)  # numbers and times of records rise together; a clock may be set back this far
AT_ONCE = 5_000
EXPLAINED = 200  # findings that are looked at closely; behind them the trail is a ruin anyway


@dataclass(frozen=True)
class Verdict:
    checked: int
    findings: list[str]

    @property
    def intact(self) -> bool:
        return not self.findings


@dataclass(frozen=True)
class Link:
    seq: int
    record_id: int
    previous: bytes
    digest: bytes
    canonical: str | None

    def holds(self, canonical: str | None) -> bool:
        if canonical is None:
            return False
        return hashlib.sha256(self.previous + canonical.encode()).digest() == self.digest


@dataclass
class Reading:
    """What one walk along the chain found."""

    checked: int = 0
    findings: list[tuple[int, str]] = field(default_factory=list)  # with the link where it shows
    altered: list[Link] = field(default_factory=list)
    torn: list[tuple[Link, int]] = field(default_factory=list)  # and the number of the link that stands before it


def seal_pending(limit: int = AT_ONCE) -> int:
    """Seal the next records of the present schema; return how many. Never waits for a writer or another sealer."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {_schema()}.audit_seal_pending(%s)", [limit])
        return cursor.fetchone()[0]


def verify_chain() -> Verdict:
    """Recompute every link; name each altered, missing, inserted or reordered record, the first one first."""
    read = Reading()
    before = Link(0, 0, b"", b"", None)
    for link in _links():
        if link.seq != before.seq + 1:
            read.findings.append((link.seq, f"seal {before.seq + 1}: missing (next is {link.seq})"))
        elif link.previous != before.digest:
            read.torn.append((link, before.record_id))
        if link.canonical is None:
            read.findings.append((link.seq, f"record {link.record_id}: missing though sealed as {link.seq}"))
        elif not link.holds(link.canonical):
            read.altered.append(link)
        read.checked, before = read.checked + 1, link
    found = sorted([*read.findings, *_explain_altered(read.altered), *_explain_torn(read.torn)])
    findings = [text for _seq, text in found]
    findings += [f"record {record_id}: inserted, its time is before its number's" for record_id in _backdated()]
    findings += [f"record {record_id}: never sealed" for record_id in _unsealed()]
    return Verdict(read.checked, findings)


def _explain_altered(links: list[Link]) -> Iterator[tuple[int, str]]:
    """A record that does not fit its seal was altered, or stands where another one of them stood."""
    close = links[:EXPLAINED]
    for link in close:
        owner = next((other for other in close if other is not link and link.holds(other.canonical)), None)
        if owner:
            yield link.seq, f"record {owner.record_id}: reordered, sealed as {link.seq} and now standing as {owner.seq}"
        else:
            yield link.seq, f"record {link.record_id}: altered after it was sealed as {link.seq}"
    yield from ((link.seq, f"record {link.record_id}: altered or reordered") for link in links[EXPLAINED:])


def _explain_torn(torn: list[tuple[Link, int]]) -> Iterator[tuple[int, str]]:
    """A link that does not follow the one before it: something was put between them, taken away, or moved."""
    for link, before in torn[:EXPLAINED]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT seq FROM {_schema()}.audit_seal WHERE digest = %s LIMIT 1", [link.previous])
            row = cursor.fetchone()
        if row is None:
            yield link.seq, f"record {link.record_id}: the record sealed before it, as {link.seq - 1}, is missing"
        elif row[0] > link.seq:
            yield link.seq, f"record {link.record_id}: reordered, it followed what now stands as {row[0]}"
        else:
            yield link.seq, f"record {before}: inserted before {link.seq}, which followed {row[0]}"
    yield from ((link.seq, f"seal {link.seq}: does not follow the link before it") for link, _b in torn[EXPLAINED:])


def _links() -> Iterator[Link]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"DECLARE chain NO SCROLL CURSOR FOR SELECT s.seq, s.record_id, s.previous, s.digest, "
            f"CASE WHEN r.id IS NOT NULL THEN {CANONICAL.format(r='r')} END "
            f"FROM {_schema()}.audit_seal s LEFT JOIN {_schema()}.audit_record r ON r.id = s.record_id ORDER BY s.seq"
        )
        while rows := _fetch(cursor):
            for seq, record_id, previous, digest, canonical in rows:
                yield Link(seq, record_id, bytes(previous), bytes(digest), canonical)


def _fetch(cursor) -> list[tuple]:
    cursor.execute("FETCH 5000 FROM chain")
    return cursor.fetchall()


def _unsealed() -> list[int]:
    return _numbers(
        f"SELECT r.id FROM {_schema()}.audit_record r WHERE r.at < %s AND NOT EXISTS "
        f"(SELECT 1 FROM {_schema()}.audit_seal s WHERE s.record_id = r.id) ORDER BY r.id LIMIT 20",
        timezone.now() - LAG_ALLOWED,
    )


def _backdated() -> list[int]:
    """Records whose number is newer than their time: written by hand, for triggers draw both at once."""
    return _numbers(
        f"SELECT id FROM (SELECT id, at, lag(at) OVER (ORDER BY id) AS before FROM {_schema()}.audit_record) r "
        "WHERE at < before - make_interval(secs => %s) ORDER BY id LIMIT 20",
        int(CLOCK_STEP.total_seconds()),
    )


def _numbers(sql: str, parameter: datetime | int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter])
        return [row[0] for row in cursor.fetchall()]


def _schema() -> str:
    return connection.ops.quote_name(connection.schema_name)
