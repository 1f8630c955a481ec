"""Every branch has one pharmacy store and one quarantine."""

from accounts.models import Branch
from pharmacy.models import Location
from pharmacy.states import LocationKind

NAMES = {
    LocationKind.STORE: {"name_en": "Pharmacy store", "name_km": "ឃ្លាំងឱសថស្ថាន", "name_zh_hans": "药房库"},
    LocationKind.QUARANTINE: {"name_en": "Quarantine", "name_km": "កន្លែងដាក់ដាច់ដោយឡែក", "name_zh_hans": "隔离区"},
}


def open_locations(branch: Branch) -> None:
    """Make what is missing; a branch that has both is left alone."""
    present = set(Location.objects.filter(branch=branch).values_list("kind", flat=True))
    missing = [kind for kind in NAMES if kind not in present]
    for kind in missing:
        Location.objects.create(branch=branch, kind=kind, **NAMES[kind])


def open_all_locations() -> None:
    for branch in Branch.objects.filter(is_active=True):
        open_locations(branch)
