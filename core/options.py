"""The answer to what a ``SearchSelect`` asks while somebody types."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class Option(NamedTuple):
    """One choice: its id, its words, and a quieter second line (code, strength, stock)."""

    value: Any
    label: str
    hint: str = ""


def options_response(request: HttpRequest, options: Iterable[Option | tuple[Any, ...]]) -> HttpResponse:
    """Render choices as a list of options; pairs (value, label) are taken as well."""
    rows = [Option(*option) for option in options]
    return render(request, "components/options.html", {"options": rows})
