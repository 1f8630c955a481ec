from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock
from notifications.errors import NoticeAddressForeign, NoticeTextEmpty
from notifications.models import Notice

Reader = Any  # a user, or the id of one


def notify(
    *,
    users: Iterable[Reader],
    kind: str,
    text: str,
    url: str = "",
    urgent: bool = False,
    params: dict[str, Any] | None = None,
) -> list[Notice]:
    """Tell some people that something waits for them. Written in the caller's transaction.

    `text` is an English msgid (mark it with gettext_noop) and `params` its placeholders: ids, numbers and codes,
    never anything that names a patient. `url` is a path of this portal. The same person is told once, however often
    named in `users`.
    """
    if not text.strip():
        raise NoticeTextEmpty
    if url and not _is_path(url):
        raise NoticeAddressForeign
    readers = dict.fromkeys(_id_of(user) for user in users if user is not None)
    return Notice.objects.bulk_create(
        Notice(user_id=reader, kind=kind, text=text, params=params or {}, url=url, urgent=urgent) for reader in readers
    )


@transaction.atomic
def read_notice(*, notice: Notice, by) -> Notice:
    """Mark one notice as read; reading twice keeps the first moment."""
    Notice.objects.filter(pk=notice.pk, user_id=by.pk, read_at__isnull=True).update(read_at=clock.now())
    notice.refresh_from_db()
    return notice


@transaction.atomic
def read_all_notices(*, by) -> int:
    """Mark everything as read except what still has to be acknowledged; returns how many were unread."""
    unread = Notice.objects.filter(user_id=by.pk, read_at__isnull=True).exclude(urgent=True)
    return unread.update(read_at=clock.now())


@transaction.atomic
def acknowledge_notice(*, notice: Notice, by) -> Notice:
    """Confirm an urgent notice; the first confirmation counts."""
    now = clock.now()
    waiting = Notice.objects.filter(pk=notice.pk, user_id=by.pk, acknowledged_at__isnull=True)
    waiting.update(acknowledged_at=now, read_at=Coalesce("read_at", now))
    notice.refresh_from_db()
    return notice


@transaction.atomic
def settle_notices(*, url: str, by) -> int:
    """What the notices of this person about one page asked for has been done there; returns how many were open."""
    now = clock.now()
    about = Notice.objects.filter(user_id=by.pk, url=url, created_at__lte=now)
    settled = about.filter(urgent=True, acknowledged_at__isnull=True).update(
        acknowledged_at=now, read_at=Coalesce("read_at", now)
    )
    return settled + about.filter(read_at__isnull=True).update(read_at=now)


def _id_of(reader: Reader) -> UUID:
    return getattr(reader, "pk", reader)


def _is_path(url: str) -> bool:
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
