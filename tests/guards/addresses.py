"""The product's addresses by their names, for guards that look at every view."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver


def named_views(surface: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Full name (``room:name``) and view of every named address of a surface."""
    return _named(import_module(f"config.urls_{surface}").urlpatterns)


def _named(patterns: list[Any], space: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield space + pattern.name, pattern.callback
