"""Names the writer of everything a request does."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.db import writing


class AuditContextMiddleware:
    """Puts who, in which role, from which address and on which page into the writing context of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with writing.context(
            request_id=getattr(request, "request_id", ""),
            address=request.META.get("REMOTE_ADDR", ""),
            path=f"{request.method} {request.path}"[:300],
            **self._actor(request),
        ):
            return self.get_response(request)

    def _actor(self, request: HttpRequest) -> dict[str, str]:
        user = request.user
        if not user.is_authenticated:
            return {}
        if acting := getattr(request, "acting", None):  # somebody else sees through this person's eyes
            actor, reason = acting
            return {"actor_id": str(user.pk), "actor": actor, "role": "support", "reason": reason}
        return {"actor_id": str(user.pk), "actor": user.get_username(), "role": user.role_line}
