"""What happened to a tube, told step by step: tests that moved together are one step."""

from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from laboratory.models import ItemMove, Specimen

_TONES = {"received": "blue", "verified": "teal", "released": "green", "ordered": "red", "cancelled": "grey"}


def history_of(specimen: Specimen) -> list[dict[str, Any]]:
    """The steps of a tube's tests and the prints of its label, in the order in which they happened."""
    moves = specimen.moves.select_related("item__test").order_by("at", "id")
    steps = [
        _step(list(group), specimen)
        for _key, group in groupby(moves, attrgetter("verb", "actor", "reason", "to_state"))
    ]
    prints = [
        {"at": one.printed_at, "title": _("Label printed"), "icon": "printer"} for one in specimen.label_prints.all()
    ]
    return sorted([*steps, *prints], key=lambda step: step["at"])


def _step(moves: list[ItemMove], specimen: Specimen) -> dict[str, Any]:
    first = moves[0]
    rejected = first.verb == "reject"
    reason = specimen.get_rejection_display() if rejected else first.reason
    codes = " ".join(move.item.test.code for move in moves)
    return {
        "at": first.at,
        "title": _("Rejected: a new specimen is needed") if rejected else first.get_to_state_display(),
        "text": f"{codes} · {reason}" if reason else codes,
        "actor": first.actor,
        "tone": _TONES.get(first.to_state, "grey"),
    }
