"""Asking a payer whether a card is good: one function for each payer that has an interface, a person for the others.

    @answers("NSSF")
    def ask_nssf(coverage, *, outcome, reference): ...
        return Answer(Eligibility.ELIGIBLE, way="nssf", reference="…")

See docs/insurance.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from insurance.models import Coverage, Payer
from insurance.states import Eligibility


@dataclass(frozen=True)
class Answer:
    """What the payer said; `way` names how it was asked."""

    outcome: str
    way: str = "manual"
    reference: str = ""


Checker = Callable[..., Answer]
_checkers: dict[str, Checker] = {}


def answers(payer_code: str) -> Callable[[Checker], Checker]:
    """Register the adapter of a payer by its code."""

    def keep(function: Checker) -> Checker:
        _checkers[payer_code] = function
        return function

    return keep


def checker(payer: Payer) -> Checker:
    return _checkers.get(payer.code, _by_hand)


def _by_hand(coverage: Coverage, *, outcome: str, reference: str, **_: Any) -> Answer:
    """What a person was told by telephone or on the payer's site."""
    return Answer(outcome or Eligibility.UNKNOWN, reference=reference)
