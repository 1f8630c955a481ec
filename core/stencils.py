"""Components that stand in every row, drawn once as a stencil; each use only fills in what differs."""

import re
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

_HOLE = re.compile("\ue000(\\w+)\ue001")  # private signs of Unicode: no text of ours has them


def stencilled(template: str, look: tuple[tuple[str, Any], ...], **texts: Any) -> SafeString:
    """Draw a component: ``look`` has few different values, ``texts`` are filled in, escaped, wherever they stand.

    The template may show a text and ask whether there is one; it may neither filter nor compare it. A text is never
    kept, for it may be about a patient.
    """
    given = tuple(name for name, text in texts.items() if text)
    parts = list(_stencil(template, look, given, get_language()))
    for place in range(1, len(parts), 2):
        parts[place] = conditional_escape(texts[parts[place]])
    return mark_safe("".join(parts))  # noqa: S308  a template's own text between texts that are escaped


@lru_cache(maxsize=500)
def _stencil(
    template: str, look: tuple[tuple[str, Any], ...], given: tuple[str, ...], language: str | None
) -> tuple[str, ...]:
    """The component's own text, with the names of what is filled in at every second place."""
    holes = {name: f"\ue000{name}\ue001" for name in given}
    return tuple(_HOLE.split(get_template(template).render({**dict(look), **holes})))
