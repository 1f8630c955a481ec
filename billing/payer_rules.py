"""What a room above knows of an ended claim: what of each line the payer refused.

@tells_refusals
def refusals(share) -> Mapping[line id or None, Refused]: ...        # None: the claim names no lines, but one case
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from billing.models import PayerShare


@dataclass(frozen=True)
class Refused:
    """Of `claimed` the payer refused `refused`, both in the invoice's currency."""

    claimed: Decimal
    refused: Decimal


Teller = Callable[[PayerShare], Mapping[UUID | None, Refused]]
_tellers: list[Teller] = []


def tells_refusals(teller: Teller) -> Teller:
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def refusals_of(share: PayerShare) -> dict[UUID | None, Refused]:
    """What the claim of a payer's part refused, line by line."""
    return {line: refused for teller in _tellers for line, refused in teller(share).items()}
