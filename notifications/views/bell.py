from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import open_to_staff
from core.htmx import wants_fragment
from notifications.queries import BELL_LIMIT, has_urgent, unread_count, visible_notices

LATEST = 6


@open_to_staff
@require_GET
def bell(request):
    """How much is unread, for the shell, which asks again while a page is open; a plain browser gets the list."""
    if not wants_fragment(request):
        return redirect("notifications:notice-list")
    count = unread_count(request.user)
    context = {
        "count": count,
        "more": count >= BELL_LIMIT,
        "urgent": bool(count) and has_urgent(request.user),
        "latest": visible_notices(request.user)[:LATEST],
    }
    return render(request, "notifications/bell.html#bell", context)
