"""Branches, departments and rooms; and the switch of the branch one works in."""

from uuid import UUID

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.forms import BranchForm, DepartmentForm, RoomForm
from accounts.models import Branch, Department, Room
from accounts.permissions import open_to_staff, requires
from accounts.workplace import choose_branch
from core.forms import ModelForm
from core.once import exactly_once

KINDS: dict[str, tuple[type[Model], type[ModelForm]]] = {
    "branch": (Branch, BranchForm),
    "department": (Department, DepartmentForm),
    "room": (Room, RoomForm),
}


@requires("workplace:manage")
def workplace_list(request: HttpRequest) -> HttpResponse:
    branches = Branch.objects.prefetch_related("departments__rooms")
    return render(request, "accounts/workplace/list.html", {"branches": branches})


@requires("workplace:manage")
@exactly_once
def workplace_new(request: HttpRequest, kind: str) -> HttpResponse:
    return _edit(request, kind, None)


@requires("workplace:manage")
@exactly_once
def workplace_edit(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    return _edit(request, kind, get_object_or_404(_kind(kind)[0], pk=pk))


def _edit(request: HttpRequest, kind: str, place: Model | None) -> HttpResponse:
    form = _kind(kind)[1](request.POST or None, instance=place)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("accounts:workplace-list")
    context = {"form": form, "kind": kind, "place": place}
    return render(request, "accounts/workplace/form.html", context, status=422 if form.is_bound else 200)


def _kind(kind: str) -> tuple[type[Model], type[ModelForm]]:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


@open_to_staff
@require_POST
def branch_choose(request: HttpRequest) -> HttpResponse:
    """Work in another branch from now on; one that is not the person's is 404."""
    try:
        choose_branch(request, UUID(request.POST.get("branch", "")))
    except (ValueError, Branch.DoesNotExist) as problem:
        raise Http404 from problem
    return redirect("reports:home")
