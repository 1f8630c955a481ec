"""Every address declares who may enter: a permission, everybody signed in, or, by name in the list below, everybody."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver

from accounts.permissions import declared

SURFACES = ("landing", "console", "portal", "queue")
# Open to everybody, signed in or not; the gallery of components exists under DEBUG only.
OPEN = (
    "health",
    "metrics",
    "set-language",
    "set-theme",
    "welcome",
    "login/sso",
    "login/email-code",
    "login/visit/<",
    "billing/receipts/open/<",  # a signature, for three days
    "billing/invoice-papers/open/<",
    "billing/statement-papers/open/<",
    "gateways/khqr/calls/<",  # a random key
    "gateways/stripe/events",  # a signature
    "gateways/stripe/thanks",
    "gateways/stripe/pay/<",  # a signature
    "gallery",
    "favicon.ico",
    "robots.txt",
)
# Signing in and the second factor carry their own locks; so does the admin site, which is left out below.
LOCKED_BY_THEMSELVES = ("allauth.",)


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern) and not address.startswith("admin/"):
            yield address, pattern.callback


def addresses(surface: str) -> list[tuple[str, Any]]:
    """Address pattern and view of every door of a surface."""
    return list(_walk(import_module(f"config.urls_{surface}").urlpatterns))


def _own(view: Any) -> bool:
    return not view.__module__.startswith(LOCKED_BY_THEMSELVES)


@pytest.mark.parametrize("surface", SURFACES)
def test_every_view_says_who_may_enter(surface):
    silent = [
        f"{address} ({view.__module__}.{view.__qualname__})"
        for address, view in addresses(surface)
        if _own(view) and not getattr(view, "permission", None) and getattr(view, "login_required", True)
    ]
    assert silent == []


@pytest.mark.parametrize("surface", SURFACES)
def test_demanded_permissions_are_declared(surface):
    known = {*declared(), "signed-in"}
    unknown = {
        view.permission
        for _address, view in addresses(surface)
        if getattr(view, "permission", "signed-in") not in known
    }
    assert unknown == set()


@pytest.mark.parametrize("surface", ["console", "portal"])
def test_what_is_open_to_everybody_is_little_and_known(surface):
    opened = {
        address for address, view in addresses(surface) if _own(view) and not getattr(view, "login_required", True)
    }
    assert [address for address in opened if not address.startswith(OPEN)] == []


@pytest.mark.parametrize("surface", ["console", "portal"])
def test_strangers_are_led_to_the_door(surface, client_for):
    """Every address without arguments; the ones with arguments are refused before their arguments are looked at."""
    client = client_for(None, surface=surface)
    for address, view in addresses(surface):
        if "<" in address or "(" in address or not _own(view) or not getattr(view, "login_required", True):
            continue
        answer = client.get(f"/{address}")
        assert answer.status_code in {302, 405}, address
        assert answer.status_code == 405 or "/login/" in answer["Location"], address
