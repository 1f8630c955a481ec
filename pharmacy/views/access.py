"""Fetching what a view is about, or 404 for what the user may not see."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import Branch
from accounts.queries import branches_of
from clinical.models import Encounter
from clinical.queries import visible_encounters
from pharmacy.models import Dispense, Location, Prescription, PrescriptionItem
from pharmacy.queries.prescriptions import visible_dispenses, visible_items, visible_prescriptions
from pharmacy.queries.stock import store_of


def encounter_or_404(request: HttpRequest, pk: UUID) -> Encounter:
    return get_object_or_404(visible_encounters(request.user), pk=pk)


def prescription_or_404(request: HttpRequest, pk: UUID) -> Prescription:
    return get_object_or_404(visible_prescriptions(request.user), pk=pk)


def item_or_404(request: HttpRequest, pk: UUID) -> PrescriptionItem:
    return get_object_or_404(visible_items(request.user), pk=pk)


def dispense_or_404(request: HttpRequest, pk: UUID) -> Dispense:
    return get_object_or_404(visible_dispenses(request.user), pk=pk)


def branch_of(request: HttpRequest) -> Branch:
    """The branch the user works in now; 404 for somebody without one."""
    workplace: Any = getattr(request, "workplace", None)
    branch = workplace.branch if workplace else next(iter(branches_of(request.user)), None)
    if branch is None:
        raise Http404("no branch")
    return branch


def store_or_none(request: HttpRequest) -> Location | None:
    return store_of(branch_of(request))
