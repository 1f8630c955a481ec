"""What rooms above add to the way of a shift: reasons why it cannot be counted yet, and what is kept when it closes.

@hinders_count(gettext_lazy("A transfer of yours is not answered yet."))
def sent_transfers(shift) -> bool: ...

@at_close
def keep_report(*, shift, by) -> None: ...        # in the transaction that closes the shift

@promises
def sent_to_others(shift) -> Mapping[str, Decimal]: ...        # it lies in the drawer and is somebody's already
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise as LazyText

from billing.models import Shift
from core.money import Currency

Hindrance = Callable[[Shift], bool]
Keeper = Callable[..., Any]
Promise = Callable[[Shift], Mapping[str, Decimal]]

_against_acceptance: dict[Hindrance, str | LazyText] = {}
_hindrances: dict[Hindrance, str | LazyText] = {}
_keepers: list[Keeper] = []
_promises: list[Promise] = []


def hinders_count(words: str | LazyText) -> Callable[[Hindrance], Hindrance]:
    """Register a reason: ``words`` for the cashier, and the function that says whether it holds for a shift."""

    def register(holds: Hindrance) -> Hindrance:
        _hindrances[holds] = words
        return holds

    return register


def hinders_acceptance(words: str | LazyText) -> Callable[[Hindrance], Hindrance]:
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


def promises(promised: Promise) -> Promise:
    """Register what lies in a shift's drawer but is promised to others, by currency."""
    if promised not in _promises:
        _promises.append(promised)
    return promised


def promised_of(shift: Shift) -> dict[str, Decimal]:
    """What of a shift's drawer is promised to others, by currency."""
    found = dict.fromkeys(Currency.values, Decimal(0))
    for promised in _promises:
        for currency, amount in promised(shift).items():
            found[currency] += amount
    return found


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
