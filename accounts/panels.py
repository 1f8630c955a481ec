"""What this room shows on pages of others."""

from typing import Any

from django.http import HttpRequest

from accounts.queries import active_sso_provider
from core.panels import Panel, register


def _button(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    provider = active_sso_provider() if request.surface == "portal" else None
    return {"provider": provider} if provider else None


register(Panel(slot="sign-in", template="accounts/sso/_button.html", context=_button))


def _visit(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    visit = getattr(request, "visit", None)
    return {"visit": visit} if visit else None


register(Panel(slot="notice", template="accounts/visit/_banner.html", order=0, context=_visit))
