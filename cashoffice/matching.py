"""How likely a line of a statement is a posting of the ledger. Pure: no database.

The amount must be the same to the cent. Beyond that a shared reference says most, then how near the days are.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

SAME_AMOUNT = 45
SAME_REFERENCE = 40
SURE = 80  # from here on a line is matched without being asked
EARLIEST, LATEST = 10, 3  # days a posting may lie before and after its line
NEARNESS = {0: 15, 1: 12, 2: 9, 3: 6}
SHORTEST = 4  # characters from which a reference says something


@dataclass(frozen=True)
class Wanted:
    """A line: what it is worth, its day, and the words it brings."""

    key: Any
    date: datetime.date
    amount: Decimal
    words: str


@dataclass(frozen=True)
class Candidate:
    """A posting with the references of its documents; or several that one transfer brought, whose keys are `of`."""

    key: Any
    date: datetime.date
    amount: Decimal
    references: tuple[str, ...] = field(default=())
    of: tuple[Any, ...] = field(default=())

    @property
    def parts(self) -> tuple[Any, ...]:
        return self.of or (self.key,)


@dataclass(frozen=True)
class Pair:
    line: Any
    posting: Any
    confidence: int


def plain(text: str) -> str:
    """Letters and digits only: banks cut blanks and dashes out of references as they like."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def confidence(line: Wanted, posting: Candidate) -> int:
    """0 to 100; 0 when amount or days exclude it."""
    fits = line.amount == posting.amount and -LATEST <= (line.date - posting.date).days <= EARLIEST
    return likeness(line, posting) if fits else 0


def likeness(line: Wanted, posting: Candidate) -> int:
    """0 to 100, nothing excluded: a receipt is recorded weeks later, and may be of several amounts."""
    words = plain(line.words)
    known = any(len(plain(one)) >= SHORTEST and plain(one) in words for one in posting.references)
    nearness = NEARNESS.get(abs((line.date - posting.date).days), 0)
    same = SAME_AMOUNT if line.amount == posting.amount else 0
    return min(100, same + (SAME_REFERENCE if known else 0) + nearness)


def pairs(lines: Sequence[Wanted], postings: Sequence[Candidate]) -> list[Pair]:
    """The best pairs, each line and each posting once, by itself or with its transfer.

    A pair of equals is sure of itself only when nothing else is as likely: one line and one posting of an amount near
    the day are matched without a reference, two of each are left to a person.
    """
    by_amount: dict[Decimal, list[Candidate]] = defaultdict(list)
    for posting in postings:
        by_amount[posting.amount].append(posting)
    found = [
        Pair(line.key, posting.key, score)
        for line in lines
        for posting in by_amount[line.amount]
        if (score := confidence(line, posting))
    ]
    rivals_of_line, rivals_of_posting = _counts(found, "line"), _counts(found, "posting")
    chosen: list[Pair] = []
    parts = {posting.key: set(posting.parts) for posting in postings}
    lines_done: set[Any] = set()
    postings_done: set[Any] = set()
    for pair in sorted(found, key=lambda one: (-one.confidence, str(one.line), str(one.posting))):
        if pair.line in lines_done or parts[pair.posting] & postings_done:
            continue
        alone = rivals_of_line[pair.line] == 1 and rivals_of_posting[pair.posting] == 1
        near = pair.confidence >= SAME_AMOUNT + NEARNESS[3]
        score = max(pair.confidence, SURE) if alone and near else pair.confidence
        chosen.append(Pair(pair.line, pair.posting, score))
        lines_done.add(pair.line)
        postings_done |= parts[pair.posting]
    return chosen


def _counts(found: Sequence[Pair], name: str) -> dict[Any, int]:
    counts: dict[Any, int] = defaultdict(int)
    for pair in found:
        counts[getattr(pair, name)] += 1
    return counts
