"""Cash drawers of a branch."""

from typing import Any

from django.db import transaction

from billing.models import Drawer


@transaction.atomic
def save_drawer(*, branch: Any, code: str, name: str, is_active: bool = True, by: Any = None) -> Drawer:
    """Make the drawer of this code in a branch, or rename it."""
    drawer, _created = Drawer.objects.update_or_create(
        branch=branch, code=code.upper(), defaults={"name": name, "is_active": is_active}
    )
    return drawer
