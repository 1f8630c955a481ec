"""The portal's department menu: every department registers its own entries, each user sees the permitted ones.

menu.register(Entry(group="laboratory", label=_("Worklist"), url_name="laboratory:worklist",
                    permission="lab_order:view", icon="flask", order=10, count=waiting_count))
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise

# The order of the day: where a patient arrives comes first, what only administrators need comes last.
GROUPS: dict[str, tuple[Label, str]] = {
    "today": (_("Today"), "layout-dashboard"),
    "patients": (_("Patients"), "users"),
    "queueing": (_("Queue"), "list-numbers"),
    "clinical": (_("Clinic"), "stethoscope"),
    "laboratory": (_("Laboratory"), "flask"),
    "pharmacy": (_("Pharmacy"), "pill"),
    "billing": (_("Cashier"), "cash"),
    "insurance": (_("Payers"), "shield"),
    "accounting": (_("Accounting"), "book"),
    "crm": (_("Membership"), "heart-handshake"),
    "reports": (_("Reports"), "chart-bar"),
    "accounts": (_("Staff"), "user-cog"),
    "admin": (_("Administration"), "settings"),
    "console": (_("Platform"), "building-hospital"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the menu. ``count(user)`` gives what waits there, or None; it is asked for apart from the page.

    ``key`` is the letter that opens it after ``g``. ``surface`` says on which host it appears.
    """

    group: str
    label: Label
    url_name: str
    permission: str = ""
    icon: str = "point"
    order: int = 100
    count: Callable[[Any], int | None] | None = None
    key: str = ""
    surface: str = "portal"

    @property
    def slug(self) -> str:
        return self.url_name.replace(":", "-")

    @property
    def counts(self) -> bool:
        return self.count is not None


@dataclass
class Item:
    entry: Entry
    url: str
    active: bool = False


@dataclass
class Section:
    key: str
    label: Label
    icon: str
    items: list[Item] = field(default_factory=list)

    @property
    def active(self) -> bool:
        return any(item.active for item in self.items)


_entries: dict[tuple[str, str], Entry] = {}
_found: dict[tuple[Any, ...], list[tuple[Entry, str]]] = {}  # addresses by what a person may do


def register(entry: Entry) -> Entry:
    """Add an entry; the same URL name on the same surface again replaces it."""
    _entries[entry.surface, entry.url_name] = entry
    _found.clear()
    return entry


def entries_for(user: Any, surface: str = "portal") -> list[Entry]:
    """The entries this user may open, in the order of the groups."""
    groups = list(GROUPS)
    rank = {key: place for place, key in enumerate(groups)}
    mine = [entry for (where, _name), entry in _entries.items() if where == surface and _may(user, entry)]
    return sorted(mine, key=lambda entry: (rank.get(entry.group, len(groups)), entry.order, entry.url_name))


def sections_for(request: HttpRequest, surface: str = "portal") -> list[Section]:
    """The menu of this request: groups with their entries, the current page marked."""
    sections: dict[str, Section] = {}
    items = [Item(entry, url) for entry, url in _addresses(request, surface)]
    for item in items:
        label, icon = GROUPS.get(item.entry.group, (item.entry.group.title(), "folder"))
        section = sections.setdefault(item.entry.group, Section(item.entry.group, label, icon))
        section.items.append(item)
    _mark_active(items, request.path)
    return list(sections.values())


def _may(user: Any, entry: Entry) -> bool:
    return not entry.permission or user.may(entry.permission)


def _addresses(request: HttpRequest, surface: str) -> list[tuple[Entry, str]]:
    """What this person may open and where it is; worked out once for everybody who may do the same."""
    granted = getattr(request.user, "granted", None)
    key = (surface, getattr(request, "urlconf", None), granted)
    found = _found.get(key) if granted is not None else None
    if found is None:
        found = [(entry, url) for entry in entries_for(request.user, surface) if (url := _address(entry))]
        if granted is not None and len(_found) < 200:
            _found[key] = found
    return found


def _address(entry: Entry) -> str:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:  # the entry's page is not part of this surface's URL map
        return ""


def _mark_active(items: Iterable[Item], path: str) -> None:
    """Only the entry with the longest matching address is the current one: /patients/ is not also /patients/new/."""
    best = max((item for item in items if _covers(item.url, path)), key=lambda item: len(item.url), default=None)
    if best:
        best.active = True


def place_of(request: HttpRequest, surface: str) -> tuple[Any, ...]:
    """Everything the menu's looks depend on: who may do what, on which surface, and where the person is."""
    here = max((url for _e, url in _addresses(request, surface) if _covers(url, request.path)), key=len, default="")
    return surface, getattr(request.user, "granted", None), here


def _covers(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
