from django.shortcuts import render

from accounts.permissions import open_to_staff
from notifications.queries import BELL_LIMIT, has_urgent, unread_count, visible_notices


@open_to_staff
def bell(request):
    """The bell in the shell: how much is unread and the latest few; asked for again every minute."""
    count = unread_count(request.user)
    context = {
        "count": count,
        "more": count >= BELL_LIMIT,
        "urgent": bool(count) and has_urgent(request.user),
        "latest": visible_notices(request.user)[:6],
    }
    return render(request, "notifications/bell.html#bell" if request.htmx else "notifications/bell.html", context)
