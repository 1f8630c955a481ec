"""What a line or a receipt may be: free postings one by one, and those together that one transfer brought."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from cashoffice.documents import documents
from cashoffice.fees import fee_within
from cashoffice.matching import EARLIEST, LATEST, SHORTEST, Candidate, Wanted, confidence, likeness, plain
from cashoffice.models import Statement, StatementLine
from cashoffice.queries.statements import free_postings
from core.money import Money

MOST_SEARCHED = 5_000  # references are sealed: each posting's is opened to be looked at


@dataclass(frozen=True)
class Together:
    """Postings of one transfer that are chosen in one act, under its key and name; looks like one posting."""

    pk: UUID
    name: str
    postings: Sequence[Any]

    @property
    def rest(self) -> Decimal:
        return sum((one.rest for one in self.postings), Decimal(0))

    @property
    def currency(self) -> str:
        return str(self.postings[0].currency)

    @property
    def money(self) -> Money:
        return Money(self.rest, self.currency)

    @property
    def date(self) -> datetime.date:
        return max(one.date for one in self.postings)


@dataclass(frozen=True)
class Offers:
    """Postings to choose from: each as a candidate for comparing, and as what a person sees (`called` by its words)."""

    candidates: Sequence[Candidate]
    shown: dict[Any, Any]  # by the candidate's key: the posting itself, or several together

    def ranked(self, weigh: Callable[[Candidate], int], day: datetime.date) -> list[tuple[Any, int]]:
        """The likeliest first, then the nearest to the day; a part of what came together only where it is likely."""
        weights = {one.key: weigh(one) for one in self.candidates}
        parts = {key for one in self.candidates for key in one.parts if one.parts != (one.key,)}
        keys = [key for key, weight in weights.items() if weight or key not in parts]
        keys.sort(key=lambda key: (-weights[key], abs((self.shown[key].date - day).days), key))
        return [(self.shown[key], weights[key]) for key in keys]


def offers(postings: Sequence[Any]) -> Offers:
    """The postings with the numbers and references of their documents, and what came in one transfer together."""
    papers = documents(postings)
    shown: dict[Any, Any] = {one.pk: one for one in postings}
    words: dict[Any, tuple[str, ...]] = {}
    groups: dict[UUID, list[Any]] = defaultdict(list)
    names: dict[UUID, str] = {}
    for one in postings:
        of_entry = papers.get(one.entry_id, [])
        numbers = [str(paper.number) for paper in (one.entry.payment, one.entry.invoice) if paper is not None]
        of_papers = (word for paper in of_entry for word in paper.words if word)
        words[one.pk] = tuple(dict.fromkeys([*numbers, *of_papers]))
        one.called = " · ".join(words[one.pk])
        for group, name in {(paper.group, paper.name) for paper in of_entry if paper.group}:
            groups[group].append(one)
            names[group] = name
    for group, members in groups.items():
        if len(members) > 1:
            shown[group] = Together(group, names[group], members)
            words[group] = tuple(word for one in members for word in words[one.pk])
    found = [Candidate(key, one.date, one.rest, words[key], _parts(one)) for key, one in shown.items()]
    return Offers(found, shown)


def near_offers(statement: Statement) -> Offers:
    """Free postings near the statement's days."""
    since, until = statement.since - timedelta(days=EARLIEST), statement.until + timedelta(days=LATEST)
    return offers(list(free_postings(statement).filter(date__gte=since, date__lte=until)))


def suggestions(line: StatementLine) -> list[tuple[Any, int]]:
    """Postings that this line may be, or several together, the likeliest first, each with its confidence.

    Those larger by a fee are as likely as reference and day say; other amounts come last with 0.
    """
    asked, left = wanted(line), line.rest_money

    def weigh(one: Candidate) -> int:
        return likeness(asked, one) if fee_within(one.amount, left) else confidence(asked, one)

    return near_offers(line.statement).ranked(weigh, line.date)


def search(line: StatementLine, text: str) -> list[tuple[Any, int]]:
    """Free postings of the line's account, of any day, by amount or by part of a number or reference, newest first.

    Looked for among the newest MOST_SEARCHED.
    """
    amount, word = _amount(text), plain(text)
    newest = offers(list(free_postings(line.statement).order_by("-date", "-pk")[:MOST_SEARCHED]))
    found = [
        newest.shown[one.key]
        for one in newest.candidates
        if abs(one.amount) == amount or any(_says(reference, word) for reference in one.references)
    ]
    found.sort(key=lambda one: (isinstance(one, Together), one.date, one.pk), reverse=True)
    return [(one, 0) for one in found]


def chosen_of(statement: Statement, keys: Collection[str]) -> list[Any]:
    """What a person chose by keys: free postings, and those of one transfer together; what is not free is left out."""
    known = {key for key in map(_uuid, keys) if key}
    alone = offers(list(free_postings(statement).filter(pk__in=known))).shown
    chosen = {key: alone[key] for key in known & alone.keys()}
    if len(chosen) < len(known):
        free = offers(list(free_postings(statement).order_by("-date", "-pk")[:MOST_SEARCHED])).shown
        chosen |= {key: free[key] for key in known & free.keys()}
    return list(chosen.values())


def postings_of(chosen: Iterable[Any]) -> list[Any]:
    """The postings themselves, each once."""
    return list({posting.pk: posting for one in chosen for posting in _members(one)}.values())


def wanted(line: StatementLine) -> Wanted:
    return Wanted(line.pk, line.date, line.amount, f"{line.reference} {line.text}")


def _says(reference: str, word: str) -> bool:
    """Whether somebody who typed the word may mean the reference: all of it, or a part that says something."""
    return bool(word) and (word == plain(reference) or (len(word) >= SHORTEST and word in plain(reference)))


def _members(one: Any) -> Sequence[Any]:
    return one.postings if isinstance(one, Together) else [one]


def _parts(one: Any) -> tuple[Any, ...]:
    return tuple(each.pk for each in _members(one))


def _amount(text: str) -> Decimal | None:
    try:
        amount = abs(Decimal(text.replace(",", "").replace(" ", "")))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
