"""Visits of the platform's support: consented by the hospital, for a reason, for an hour, to look and not to touch."""

import contextlib
import hashlib
import secrets
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY, login
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import SupportVisit, User
from audit import context
from core.clock import now, today
from core.errors import DomainError
from core.preferences import preference, set_preference


class NoConsent(DomainError):
    message = _("This hospital does not allow visits of support at the moment.")
    code = "no_consent"


class VisitOver(DomainError):
    message = _("This visit was used already, belongs to another browser, or is over.")
    code = "visit_over"
    status = 403


def allow_visits(*, until: date | None, by: User) -> None:
    """Let support visit through the day ``until``; None ends it, running visits as well."""
    set_preference("accounts.support_until", until or date(2000, 1, 1), by=by)


def visits_allowed_until() -> date | None:
    until = preference("accounts.support_until")
    return until if until >= today() else None


@transaction.atomic
def prepare_visit(*, person: UUID, reason: str, supporter: str, supporter_id: UUID, browser: str) -> str:
    """In the hospital's schema: write down who will see whose view and why; return the token of the hand-over."""
    if visits_allowed_until() is None:
        raise NoConsent
    user = User.objects.get(pk=person, is_active=True)
    token = secrets.token_urlsafe(32)
    visit = SupportVisit(
        user=user,
        supporter=supporter,
        supporter_id=supporter_id,
        reason=reason,
        token=_digest(token),
        browser=browser,
    )
    with _named(visit):
        visit.save(force_insert=True)
    return token


@transaction.atomic
def enter_visit(*, token: str, request: HttpRequest) -> SupportVisit:
    """Use the hand-over up and sign this browser in to look. Of two at once one enters. Raises VisitOver, NoConsent."""
    visit = SupportVisit.objects.select_for_update().filter(token=_digest(token)).first()
    if visit is None or not visit.is_waiting or visit.browser != browser_of(request) or not visit.user.is_active:
        raise VisitOver
    if visits_allowed_until() is None:
        raise NoConsent
    visit.entered_at = now()
    request.session.flush()
    request.session["visit"] = str(visit.pk)
    with _named(visit):
        visit.save(update_fields=["entered_at", "updated_at"])
        login(request, visit.user, backend="accounts.backends.StaffBackend")
    return visit


def running_visit(session: Any) -> SupportVisit | None:
    """The visit of this session while it runs, the hospital still allows it, and it is about the session's person."""
    visit = SupportVisit.objects.select_related("user").filter(pk=session["visit"]).first()
    if visit is None or not visit.is_running or visits_allowed_until() is None:
        return None
    return visit if str(visit.user_id) == session.get(SESSION_KEY) else None


@transaction.atomic
def end_visit(*, visit_id: UUID | str) -> None:
    """It is over now; ending it twice is ending it once."""
    visit = (
        SupportVisit.objects.select_for_update()
        .select_related("user")
        .filter(pk=visit_id, ended_at__isnull=True)
        .first()
    )
    if visit is not None:
        visit.ended_at = now()
        with _named(visit):
            visit.save(update_fields=["ended_at", "updated_at"])


def _named(visit: SupportVisit) -> contextlib.AbstractContextManager[None]:
    """What is written inside carries both names and the reason."""
    return context(actor_id=str(visit.user_id), actor=visit.actor, role="support", reason=visit.reason)


def browser_of(request: HttpRequest) -> str:
    """What two hosts of one platform can both see of a browser: its address and what it calls itself."""
    return _digest(f"{request.META.get('REMOTE_ADDR', '')}|{request.META.get('HTTP_USER_AGENT', '')}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
