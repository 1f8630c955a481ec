"""Beginning, watching and ending the sessions of staff. Ended means at once: the next request is a stranger's."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction

from accounts.models import SessionEnd, StaffSession, User
from audit.services import record_event
from core.clock import now
from core.preferences import preference

KEPT_DAYS = 90  # an ended session stays in the list of its person for so long


def roles_mark(user: User) -> str:
    """Stands for the roles a person holds and where; a session in which it differs from now's is over."""
    held = sorted(f"{one.role_id}|{one.branch_id}|{one.department_id}" for one in user.held)
    return hashlib.sha256(f"{user.is_superuser}|{held}".encode()).hexdigest()[:16]


def begin_session(*, user: User, session: SessionBase, surface: str, agent: str, address: str) -> StaffSession:
    """Remember a sign-in, and put into the session what every request is measured by."""
    facts = {"surface": surface, "agent": agent[:300], "address": address[:64], "seen_at": now()}
    if session.session_key is None:
        session.create()
    kept = StaffSession.objects.create(user=user, key=session.session_key or "", **facts)
    moment = int(now().timestamp())
    session.update(
        {
            "surface": surface,
            "kept": str(kept.pk),
            "roles": roles_mark(user),
            "began": moment,
            "touched": moment,
            **limits(),
        }
    )
    return kept


def limits() -> dict[str, int]:
    """The hospital's longest silence and longest session, in seconds, as a session carries them."""
    return {
        "idle": preference("accounts.idle_minutes") * 60,
        "age": preference("accounts.session_hours") * 3600,
    }


def verdict(session: SessionBase, user: User, moment: datetime) -> str:
    """Why the session must end now, or nothing. Asks no database: the person was read with their roles."""
    second = int(moment.timestamp())
    if session.get("roles") != roles_mark(user):
        return SessionEnd.ROLES
    if second - session.get("touched", 0) > session.get("idle", 0):
        return SessionEnd.IDLE
    if second - session.get("began", 0) > session.get("age", 0):
        return SessionEnd.AGE
    return ""


def touch(session: SessionBase, address: str) -> bool:
    """The person is active: move the end of the silence. False when the session was ended meanwhile."""
    session["touched"] = int(now().timestamp())
    session.update(limits())
    kept = StaffSession.objects.filter(pk=_kept(session), ended_at__isnull=True)
    return bool(kept.update(seen_at=now(), key=session.session_key, address=address[:64]))


@transaction.atomic
def end_sessions(*, user: User, why: str, only: UUID | None = None, besides: SessionBase | None = None) -> int:
    """End all sessions of the person, or one, or all but the present one; return how many were open."""
    open_ones = StaffSession.objects.select_for_update().filter(user=user, ended_at__isnull=True)
    if only is not None:
        open_ones = open_ones.filter(pk=only)
    if besides is not None:
        open_ones = open_ones.exclude(pk=_kept(besides))
    ending = list(open_ones.order_by("pk"))
    keys = [one.key for one in ending]
    open_ones.model.objects.filter(pk__in=[one.pk for one in ending]).update(ended_at=now(), end=why, key="")
    _forget(keys)
    if ending:
        record_event("sessions_ended", "accounts_user", user.pk, why=str(why), sessions=len(ending))
    return len(ending)


def note_end(session: SessionBase, why: str) -> None:
    """The session is about to be flushed: say in the list why."""
    StaffSession.objects.filter(pk=_kept(session), ended_at__isnull=True).update(ended_at=now(), end=why, key="")


def forget_old_sessions() -> int:
    """Forget sessions that ended long ago, and close those whose store is gone; returns how many were forgotten."""
    longest = now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    StaffSession.objects.filter(ended_at__isnull=True, seen_at__lt=longest).update(
        ended_at=now(), end=SessionEnd.IDLE, key=""
    )
    Session.objects.filter(expire_date__lt=now()).delete()
    return StaffSession.objects.filter(ended_at__lt=now() - timedelta(days=KEPT_DAYS)).delete()[0]


def _kept(session: SessionBase) -> UUID | None:
    try:
        return UUID(session.get("kept", ""))
    except ValueError:
        return None


def _forget(keys: Iterable[str]) -> None:
    """Out of the database in this transaction, out of the cache now and once more after the commit."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    schema = connection.schema_name

    def again() -> None:
        if connection.schema_name == schema:
            for key in gone:
                cache.delete(store.cache_key_prefix + key)

    gone = [key for key in keys if key]
    for key in gone:
        store(key).delete(key)
    transaction.on_commit(again)
