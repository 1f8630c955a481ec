"""The hospital's own rules of signing in."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.models import Role, User
from core.preferences import preference, set_preference


@transaction.atomic
def set_policy(*, second_factor: Collection[Role], by: User, **answers: Any) -> None:
    """Store the answers (``idle_minutes=…`` for accounts.idle_minutes) and which roles need a second factor."""
    for name, value in answers.items():
        if preference(f"accounts.{name}") != value:
            set_preference(f"accounts.{name}", value, by=by)
    wanted = {role.pk for role in second_factor}
    for role in Role.objects.select_for_update().order_by("pk"):
        if role.requires_second_factor != (role.pk in wanted):
            role.requires_second_factor = role.pk in wanted
            role.save(update_fields=["requires_second_factor", "updated_at"])
