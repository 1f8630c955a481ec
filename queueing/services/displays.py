"""Screens of waiting rooms: made with a key that is shown once, changed, revoked."""

from collections.abc import Iterable
from functools import partial

from django.db import IntegrityError, transaction

from core.clock import now
from queueing import boards
from queueing.errors import DisplayNameTaken
from queueing.models import DisplayScreen
from queueing.models.display import hash_key, new_key


@transaction.atomic
def create_display(
    *,
    name: str,
    branch,
    by,
    departments: Iterable = (),
    practitioners: Iterable = (),
    languages: list[str] | None = None,
    language_mode: str = "together",
    voice_languages: list[str] | None = None,
    chime: bool = True,
) -> tuple[DisplayScreen, str]:
    """Make a screen and its key. The key is returned this once and kept only as a hash. Raises DisplayNameTaken."""
    key = new_key()
    try:
        with transaction.atomic():
            display = DisplayScreen.objects.create(
                name=name,
                branch=branch,
                languages=languages or ["km", "en", "zh-hans"],
                language_mode=language_mode,
                voice_languages=voice_languages or [],
                chime=chime,
                key_hash=hash_key(key),
                key_hint=key[-4:],
                created_by_name=str(by),
            )
    except IntegrityError:  # the constraint is the only judge: two administrators may do this at once
        raise DisplayNameTaken from None
    display.departments.set(departments)
    display.practitioners.set(practitioners)
    return display, key


@transaction.atomic
def revoke_display(*, display: DisplayScreen, by) -> DisplayScreen:
    """Close a screen's address for good; revoking twice changes nothing."""
    display = DisplayScreen.objects.select_for_update(of=("self",), no_key=True).get(pk=display.pk)
    if display.revoked_at is None:
        display.revoked_at = now()
        display.save(update_fields=["revoked_at", "updated_at"])
        transaction.on_commit(partial(boards.forget, display))
    return display
