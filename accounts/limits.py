"""How many people a hospital's plan allows. Plans lie in a room above: it hands its reader down."""

from collections.abc import Callable

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError

_reader: list[Callable[[], int | None]] = []


class StaffLimitReached(DomainError):
    message = _("The hospital's plan allows %(limit)d staff accounts, and all are in use.")
    code = "staff_limit_reached"


def read_staff_limit_by(reader: Callable[[], int | None]) -> None:
    """``reader()`` gives the present hospital's limit, None for none."""
    _reader[:] = [reader]


def ensure_room_for_one_more() -> None:
    """Raise StaffLimitReached when every account of the plan is taken. Of two at once the second waits and counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [f"staff.{connection.schema_name}"])
    limit = _reader[0]() if _reader else None
    if limit is not None and User.objects.filter(is_active=True).count() >= limit:
        raise StaffLimitReached(limit=limit)
