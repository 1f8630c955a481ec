"""Permission codes ``resource:action``: declared by the rooms, granted to roles, demanded by views.

A room declares its codes in ``<room>/permissions.py``; its AppConfig.ready() imports that module. Default roles matter
only when a hospital first meets a code; afterwards the hospital's own roles decide.
"""

import functools
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import menu

View = Callable[..., HttpResponse]

ROLES: dict[str, Promise] = {
    "owner": _("Owner"),
    "admin": _("Administrator"),
    "doctor": _("Doctor"),
    "nurse": _("Nurse"),
    "receptionist": _("Receptionist"),
    "cashier": _("Cashier"),
    "labtech": _("Laboratory technician"),
    "pharmacist": _("Pharmacist"),
    "accountant": _("Accountant"),
    "auditor": _("Auditor"),
}
PLATFORM_ROLES: dict[str, Promise] = {
    "superadmin": _("Super administrator"),
    "platform_admin": _("Platform administrator"),
    "support": _("Support"),
    "platform_billing": _("Platform billing"),
}


# What the owner role always keeps, so that a hospital cannot lock itself out; a database trigger holds it as well.
OWNER_KEEPS = frozenset({"role:edit", "staff:manage", "staff:view"})


@dataclass(frozen=True)
class Permission:
    code: str
    label: str | Promise
    roles: frozenset[str]
    room: str = ""

    @property
    def resource(self) -> str:
        return self.code.partition(":")[0]


_declared: dict[str, Permission] = {}


def declare(code: str, label: str | Promise, roles: Iterable[str]) -> str:
    """Make a permission known and return its code; unknown default roles and double declarations are mistakes."""
    holders = frozenset(roles)
    unknown = holders - ROLES.keys() - PLATFORM_ROLES.keys()
    if unknown or code in _declared or code.count(":") != 1:
        raise ValueError(f"Permission {code}: bad code, declared twice, or unknown roles {sorted(unknown)}")
    room = sys._getframe(1).f_globals.get("__name__", "").partition(".")[0]
    _declared[code] = Permission(code, label, holders, room)
    return code


def by_room() -> dict[str, list[Permission]]:
    """What a hospital's roles may be granted, by the room that declared it, as the menu orders the rooms."""
    found: dict[str, list[Permission]] = {}
    for permission in _declared.values():
        if permission.roles - PLATFORM_ROLES.keys():
            found.setdefault(permission.room, []).append(permission)
    order = list(menu.GROUPS)
    rank = {room: order.index(room) if room in order else len(order) for room in found}
    return {room: sorted(found[room], key=lambda one: one.code) for room in sorted(found, key=lambda one: rank[one])}


def declared() -> dict[str, Permission]:
    return dict(_declared)


def default_codes(role: str) -> list[str]:
    return sorted(code for code, permission in _declared.items() if role in permission.roles)


def requires(code: str) -> Callable[[View], View]:
    """Demand a permission of the signed-in user: 403 without it. Stand directly above the view (or @exactly_once)."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.may(code):
                raise PermissionDenied(code)
            return view(request, *args, **kwargs)

        checked.permission = code  # type: ignore[attr-defined]
        return checked

    return decorate


def open_to_staff(view: View) -> View:
    """Say by name that every signed-in person may open this view (own profile, language, notifications)."""
    view.permission = "signed-in"  # type: ignore[attr-defined]
    return view


declare("staff:view", _("See staff and roles"), roles=["owner", "admin", "auditor"])
declare("staff:manage", _("Add and change staff"), roles=["owner", "admin"])
declare("role:edit", _("Change what roles may do"), roles=["owner", "admin"])
declare("signin_policy:manage", _("Change the rules of signing in"), roles=["owner", "admin"])
declare("support:allow", _("Allow visits of support"), roles=["owner", "admin"])
declare("sso:manage", _("Set up single sign-on"), roles=["owner", "admin"])
declare("workplace:manage", _("Change branches, departments and rooms"), roles=["owner", "admin"])
