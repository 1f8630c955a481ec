"""Statements: imported once, matched to the ledger, accepted by somebody who did none of it."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.models import Account
from billing.services.transitions import move, record
from cashoffice.errors import (
    AcceptsOwnImport,
    AcceptsOwnMatches,
    LinesUnexplained,
    MappingNameTaken,
    StatementKnown,
    StatementUneven,
    StatementUnreadable,
)
from cashoffice.models import Statement, StatementLine, StatementMapping
from cashoffice.queries.statements import adds_up, explainers
from cashoffice.services.matches import match_automatically
from cashoffice.statements.parsed import Movement, Parsed, Unreadable
from cashoffice.statements.reading import read
from cashoffice.states import STATEMENT_FLOW
from core.clock import now


@transaction.atomic
def import_statement(
    *, account: Account, content: bytes, file_name: str, mapping: StatementMapping | None = None, by: Any
) -> Statement:
    """Take over a file of one statement and match what is sure.

    A movement that came with an earlier file (same bank's reference) is not taken again; equal ones of one file are
    counted, and are as many.
    Raises StatementUnreadable, StatementKnown (the same file, or nothing new in it).
    """
    try:
        source, found = read(content, mapping)
        if len(found) != 1:
            raise Unreadable(_("It holds more than one statement; split it."))
    except Unreadable as error:
        raise StatementUnreadable(problem=str(error)) from error
    digest = hashlib.sha256(f"{account.key}:".encode() + content).hexdigest()
    if Statement.objects.filter(digest=digest).exists():
        raise StatementKnown()
    fresh = _fresh(account, found[0], digest)
    try:
        with transaction.atomic():
            statement = _write(account, found[0], fresh, source=source, digest=digest, file_name=file_name, by=by)
    except IntegrityError as error:  # somebody imported it at this very moment
        raise StatementKnown() from error
    record(statement, verb="import", from_status="", to_status=statement.status, by=by)
    match_automatically(statement=statement, by=by)
    return statement


@transaction.atomic
def accept_statement(*, statement: Statement, by: Any) -> Statement:
    """Close a statement whose lines are all explained, by others, and lead to its balance.

    Raises AcceptsOwnImport, AcceptsOwnMatches, LinesUnexplained, StatementUneven, MoveNotAllowed.
    """
    Account.objects.select_for_update(no_key=True).get(pk=statement.account_id)  # what is explained now comes before
    statement = Statement.objects.select_for_update(of=("self",), no_key=True).get(pk=statement.pk)
    if statement.imported_by_id == by.pk:
        raise AcceptsOwnImport()
    if by.pk in explainers(statement):
        raise AcceptsOwnMatches()
    if any(not line.is_matched for line in statement.lines.all()):
        raise LinesUnexplained()
    if not adds_up(statement):
        raise StatementUneven()
    move(statement, flow=STATEMENT_FLOW, verb="accept", by=by, accepted_by=by, accepted_at=now())
    return statement


@transaction.atomic
def save_mapping(*, mapping: StatementMapping | None = None, facts: Mapping[str, Any], by: Any) -> StatementMapping:
    """Keep how a bank's tables are read. Raises MappingNameTaken."""
    mapping = mapping or StatementMapping()
    if StatementMapping.objects.exclude(pk=mapping.pk).filter(name=facts["name"]).exists():
        raise MappingNameTaken()
    for name, value in facts.items():
        setattr(mapping, name, value)
    mapping.save()
    return mapping


def _fresh(account: Account, parsed: Parsed, digest: str) -> list[tuple[Movement, str]]:
    """Movements with their fingerprints, without those that an earlier file brought. Raises StatementKnown."""
    named = list(_named(account, parsed, digest))
    marks = [mark for _movement, mark in named]
    known = set(StatementLine.objects.filter(fingerprint__in=marks).values_list("fingerprint", flat=True))
    fresh = [(one, mark) for one, mark in named if mark not in known]
    if not fresh:
        raise StatementKnown()
    return fresh


def _named(account: Account, parsed: Parsed, digest: str) -> Iterator[tuple[Movement, str]]:
    """By the bank's own reference, day and amount, the second of equal ones and further ones by their count too (two
    consultations in one batch of cards); a movement without reference by the balance after it, where the file names
    its opening one, else by its place in its file.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    balance = parsed.opening
    for place, one in enumerate(parsed.movements):
        balance = None if balance is None else balance + one.amount
        known_by: tuple[str, ...] = (one.reference, str(one.date), str(one.amount))
        if not one.reference:
            known_by = (digest, str(place)) if balance is None else (*known_by, f"{balance:.2f}")
        which = [str(seen[known_by])] if seen[known_by] else []
        seen[known_by] += 1
        yield one, hashlib.sha256("\n".join([account.key, parsed.currency, *known_by, *which]).encode()).hexdigest()


def _write(account: Account, parsed: Parsed, fresh: list[tuple[Movement, str]], *, by: Any, **facts: Any) -> Statement:
    days = [one.date for one in parsed.movements]
    everything = sum((one.amount for one in parsed.movements), Decimal(0))
    statement = Statement.objects.create(
        account=account,
        currency=parsed.currency,
        since=min(days),
        until=max(days),
        opening=parsed.opening,
        closing=parsed.closing,
        left_out=len(parsed.movements) - len(fresh),
        left_out_sum=everything - sum(one.amount for one, _mark in fresh),
        imported_by=by,
        **facts,
    )
    StatementLine.objects.bulk_create(
        StatementLine(
            statement=statement,
            position=place,
            date=one.date,
            currency=parsed.currency,
            amount=one.amount,
            reference=one.reference,
            text=one.text,
            fingerprint=mark,
        )
        for place, (one, mark) in enumerate(fresh, start=1)
    )
    return statement
