"""What each role may do: one table for all, one form for each."""

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.views.decorators.http import require_GET, require_POST

from accounts.forms_roles import RoleCopyForm, RoleForm
from accounts.models import Role
from accounts.permissions import Permission, by_room, requires
from accounts.queries import roles_in_use
from accounts.services.roles import change_role, copy_role, retire_role
from accounts.stepup import requires_step_up
from core.errors import DomainError
from core.forms import add_domain_error
from core.menu import GROUPS
from core.once import exactly_once


@dataclass(frozen=True)
class Line:
    """One permission across the roles."""

    permission: Permission
    granted: list[tuple[Role, bool]]


@dataclass(frozen=True)
class Section:
    label: str | Promise
    lines: list[Line]


def sections(roles: list[Role]) -> list[Section]:
    """The table: permissions grouped by department, each with every role's answer."""
    found = []
    for room, permissions in by_room().items():
        lines = [Line(one, [(role, one.code in role.permissions) for role in roles]) for one in permissions]
        found.append(Section(room_label(room), lines))
    return found


def room_label(room: str) -> str | Promise:
    """The room's name as the menu has it."""
    return GROUPS[room][0] if room in GROUPS else apps.get_app_config(room).verbose_name


@requires("staff:view")
@require_GET
def role_list(request: HttpRequest) -> HttpResponse:
    """Roles by permission."""
    roles = list(roles_in_use())
    return render(request, "accounts/role/list.html", {"roles": roles, "sections": sections(roles)})


@requires("role:edit")
@requires_step_up
@exactly_once
def role_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One role: its name, what it may, and why that changes. A page that somebody overtook changes nothing."""
    role = get_object_or_404(roles_in_use(), pk=pk)
    form = RoleForm(request.POST or None, role=role)
    if request.method == "POST" and form.is_valid():
        try:
            change_role(role=role, by=request.user, **form.cleaned_data)
            return redirect("accounts:role-list")
        except DomainError as error:
            add_domain_error(form, error)
    ticked = set(form["permissions"].value() or ())
    groups = [
        (room_label(room), [(one, one.code in ticked) for one in permissions])
        for room, permissions in by_room().items()
    ]
    context = {"form": form, "role": role, "groups": groups}
    return render(request, "accounts/role/form.html", context, status=422 if form.is_bound else 200)


@requires("role:edit")
@requires_step_up
@exactly_once
def role_new(request: HttpRequest) -> HttpResponse:
    """A new role begins as the copy of another."""
    form = RoleCopyForm(request.POST or None, initial={"source": request.GET.get("source")})
    if request.method == "POST" and form.is_valid():
        try:
            role = copy_role(by=request.user, **form.cleaned_data)
            return redirect("accounts:role-edit", role.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return render(request, "accounts/role/new.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("role:edit")
@requires_step_up
@require_POST
@exactly_once
def role_retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    role = get_object_or_404(roles_in_use(), pk=pk)
    retire_role(role=role, reason=request.POST.get("reason", "")[:200], by=request.user)
    return redirect("accounts:role-list")
