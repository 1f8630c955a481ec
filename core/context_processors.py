"""What every page's frame needs to know; rooms add to it through core.menu and core.panels."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from core import menu

# Pages of other rooms that the frame links to, by name only: core imports nobody.
ADDRESSES = {
    "patient_search_url": "patients:patient-list",
    "bell_url": "notifications:bell",
    "notices_url": "notifications:notice-list",
    "branch_url": "accounts:branch-choose",
    "profile_url": "accounts:profile",
    "security_url": "mfa_index",
    "sessions_url": "sessions:session-list",
    "password_url": "account_change_password",
}
THEMES = ("system", "light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Names, theme, languages and the menu. Nothing here asks the database unless the page shows it."""
    surface = getattr(request, "surface", "portal")
    return {
        "platform_name": settings.PLATFORM_NAME,
        "surface": surface,
        "hospital": getattr(request, "hospital", None),
        "request_id": getattr(request, "request_id", ""),
        "languages": settings.LANGUAGES,
        "language": get_language() or settings.LANGUAGE_CODE,
        "theme": theme_of(request),
        "menu": SimpleLazyObject(lambda: _menu(request, surface)),
        "menu_place": lambda: _menu_place(request, surface),
        **{name: _address(url_name) for name, url_name in ADDRESSES.items()},
    }


def theme_of(request: HttpRequest) -> str:
    """The theme this browser chose; "system" follows the device."""
    wanted = request.COOKIES.get("theme", "")
    return wanted if wanted in THEMES else "system"


def _address(url_name: str) -> Any:
    """The address, worked out only when the page shows it; empty where this surface has no such page."""
    return SimpleLazyObject(lambda: _reverse(url_name))


def _reverse(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _menu_place(request: HttpRequest, surface: str) -> tuple[Any, ...]:
    """What the menu's looks depend on, for {% remember %}."""
    user = getattr(request, "user", None)
    return menu.place_of(request, surface) if user and user.is_authenticated else ()


def _menu(request: HttpRequest, surface: str) -> list[menu.Section]:
    user = getattr(request, "user", None)
    return menu.sections_for(request, surface) if user and user.is_authenticated else []
