"""What this room shows on pages of others."""

from typing import Any

from allauth.account.internal.stagekit import get_pending_stage
from django.http import HttpRequest

from accounts.queries import active_sso_provider
from accounts.services.email_codes import email_codes_count, has_email_factor
from core.panels import Panel, register


def _button(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    provider = active_sso_provider() if request.surface == "portal" else None
    return {"provider": provider} if provider else None


register(Panel(slot="sign-in", template="accounts/sso/_button.html", context=_button))


def _email_setting(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    return {"is_set_up": has_email_factor(request.user)} if email_codes_count() else None


register(Panel(slot="second-factor", template="accounts/email_code/_setting.html", context=_email_setting))


def _email_way(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    stage = get_pending_stage(request)
    return {} if stage and has_email_factor(stage.login.user) else None


register(Panel(slot="second-factor-way", template="accounts/email_code/_way.html", context=_email_way))


def _visit(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    visit = getattr(request, "visit", None)
    return {"visit": visit} if visit else None


register(Panel(slot="notice", template="accounts/visit/_banner.html", order=0, context=_visit))
