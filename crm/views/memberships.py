"""A family's card and the history of its points."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from crm.models import FamilyMembership
from crm.queries import entries_of
from crm.services.memberships import open_membership
from patients.queries import visible_families


@requires("membership:open")
@require_POST
@exactly_once
def membership_open(request: HttpRequest, pk: str) -> HttpResponse:
    """Give the family a saving card."""
    family = get_object_or_404(visible_families(request.user), pk=pk)
    open_membership(family=family, by=request.user)
    return redirect("patients:family-detail", family.pk)


@requires("membership:view")
@require_GET
def point_list(request: HttpRequest, pk: str) -> HttpResponse:
    """Every movement of the family's points, newest first."""
    family = get_object_or_404(visible_families(request.user), pk=pk)
    membership = get_object_or_404(FamilyMembership, family=family)
    page = paginate(request, entries_of(membership))
    context = {"family": family, "membership": membership, "page": page}
    return render_page(request, "crm/points/list.html", context)
