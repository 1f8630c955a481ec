"""Tables of allowed moves. A workflow's states change in one function of its services, which asks its Flow first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class MoveNotAllowed(DomainError):
    """The record is not in a state from which this act leads on."""

    message = _("This is not possible any more: the record has moved on. Reload the page.")
    code = "move_not_allowed"


@dataclass(frozen=True, slots=True)
class Move:
    """From any of the ``sources`` to the ``target``."""

    sources: Collection[str]
    target: str


class Flow:
    """The moves of one status field, by verb."""

    def __init__(self, *, field: str = "status", moves: Mapping[str, Move]) -> None:
        self.field = field
        self.moves = dict(moves)

    @property
    def states(self) -> list[str]:
        """Every state that a move starts from or leads to, sorted."""
        named = {str(move.target) for move in self.moves.values()}
        return sorted(named.union(*({str(source) for source in move.sources} for move in self.moves.values())))

    def can(self, verb: str, current: str) -> bool:
        """Tell whether the verb leads on from the current state. KeyError for an unknown verb."""
        return current in self.moves[verb].sources

    def check(self, verb: str, current: str) -> str:
        """Return the state that the verb leads to; MoveNotAllowed when it does not lead on from the current one."""
        if not self.can(verb, current):
            raise MoveNotAllowed()
        return self.moves[verb].target

    def move(self, record: models.Model, verb: str, **columns: Any) -> None:
        """Write the state that the verb leads to, and ``columns`` with it, on a row the caller has locked."""
        columns = {self.field: self.check(verb, getattr(record, self.field)), **columns}
        for name, value in columns.items():
            setattr(record, name, value)
        record.save(update_fields=[*columns, "updated_at"])

    def verbs(self, current: str) -> list[str]:
        """Return what may be done now."""
        return [verb for verb in self.moves if self.can(verb, current)]

    def constraint(self, name: str) -> models.CheckConstraint:
        """Return the database constraint that holds the field to these states."""
        return models.CheckConstraint(condition=models.Q(**{f"{self.field}__in": self.states}), name=name)
