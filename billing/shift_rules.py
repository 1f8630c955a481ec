"""What rooms above add to the way of a shift: reasons why it cannot be counted yet, and what is kept when it closes.

@hinders_count(gettext_lazy("A transfer of yours is not answered yet."))
def sent_transfers(shift) -> bool: ...

@at_close
def keep_report(*, shift, by) -> None: ...        # in the transaction that closes the shift
"""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise

from billing.models import Shift

Hindrance = Callable[[Shift], bool]
Keeper = Callable[..., Any]

_against_acceptance: dict[Hindrance, str | Promise] = {}
_hindrances: dict[Hindrance, str | Promise] = {}
_keepers: list[Keeper] = []


def hinders_count(words: str | Promise) -> Callable[[Hindrance], Hindrance]:
    """Register a reason: ``words`` for the cashier, and the function that says whether it holds for a shift."""

    def register(holds: Hindrance) -> Hindrance:
        _hindrances[holds] = words
        return holds

    return register


def hinders_acceptance(words: str | Promise) -> Callable[[Hindrance], Hindrance]:
    """Register a reason why a closed shift cannot be accepted yet, in words for the accountant."""

    def register(holds: Hindrance) -> Hindrance:
        _against_acceptance[holds] = words
        return holds

    return register


def at_close(keep: Keeper) -> Keeper:
    """Register what is written when a shift closes; called with ``shift`` (locked, already closed) and ``by``."""
    if keep not in _keepers:
        _keepers.append(keep)
    return keep


def count_hindrances(shift: Shift) -> list[str]:
    """What stands in the way of counting this shift's drawer now, in words."""
    return [str(words) for holds, words in _hindrances.items() if holds(shift)]


def acceptance_hindrances(shift: Shift) -> list[str]:
    """What stands in the way of accepting this closed shift now, in words."""
    return [str(words) for holds, words in _against_acceptance.items() if holds(shift)]


def keep_what_belongs(*, shift: Shift, by: Any) -> None:
    """Let every room write what it keeps of a shift that has just closed."""
    for keep in _keepers:
        keep(shift=shift, by=by)
