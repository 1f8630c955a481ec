"""Slots of a page that other departments fill: the page's owner imports nobody, the department registers a panel.

In the department's ``apps.ready()``::

    panels.register(Panel(slot="encounter", order=20, permission="lab_order:view",
                          template="laboratory/_panel.html", context=encounter_panel))

    def encounter_panel(request, encounter) -> dict | None: ...     # None: nothing to show here

and in the owner's template ``{% panels "encounter" encounter %}``. The panel's template sees the page's context, plus
what ``context`` returned, plus ``subject`` (the object the slot is about).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Panel:
    """``permission``: who sees it ("" for everyone signed in). ``context(request, subject)`` may return None.

    ``can_wait``: a page that draws itself in two parts (``{% panels … part="first" %}``, then ``part="rest"``) shows it
    in the second.
    """

    slot: str
    template: str
    order: int = 100
    permission: str = ""
    context: Callable[[HttpRequest, Any], dict[str, Any] | None] | None = None
    can_wait: bool = False


_panels: dict[str, list[Panel]] = {}


def register(panel: Panel) -> Panel:
    """Add a panel to its slot; registering the same template in the same slot again replaces it."""
    others = [known for known in _panels.get(panel.slot, []) if known.template != panel.template]
    _panels[panel.slot] = sorted([*others, panel], key=lambda known: (known.order, known.template))
    return panel


def panels_for(
    request: HttpRequest, slot: str, subject: Any = None, part: str = ""
) -> Iterator[tuple[Panel, dict[str, Any]]]:
    """Yield the panels of ``slot`` this user may see, each with its own context, in order; of one part or of both."""
    user = getattr(request, "user", None)
    for panel in _panels.get(slot, []):
        if part and panel.can_wait != (part == "rest"):
            continue
        if panel.permission and not (user and user.is_authenticated and user.may(panel.permission)):
            continue
        extra = panel.context(request, subject) if panel.context else {}
        if extra is not None:
            yield panel, extra
