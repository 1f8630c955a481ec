"""What this room shows on pages of others."""

from typing import Any

from django.http import HttpRequest

from accounts.queries import active_sso_provider
from core.panels import Panel, register


def _button(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    provider = active_sso_provider() if request.surface == "portal" else None
    return {"provider": provider} if provider else None


register(Panel(slot="sign-in", template="accounts/sso/_button.html", context=_button))
