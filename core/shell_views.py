"""The few addresses of the page's frame itself: theme, counts of the menu, and the gallery of components."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from core import menu
from core.context_processors import THEMES

YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or system in a cookie, so that the next page comes in the right colours at once."""
    theme = request.POST.get("theme", "system")
    back = request.POST.get("next") or request.headers.get("Referer", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe else "/")
    response.set_cookie("theme", theme if theme in THEMES else "system", max_age=YEAR, samesite="Lax")
    return response


@require_GET
def menu_counts(request: HttpRequest) -> HttpResponse:
    """How much waits behind each menu entry: asked for after the page is there, so that no page is slowed by it."""
    surface = getattr(request, "surface", "portal")
    counted = menu.entries_for(request.user, surface)
    counts = {entry.slug: entry.count(request.user) for entry in counted if entry.count}
    return render(request, "base/_menu_counts.html", {"counts": counts})


menu_counts.permission = "signed-in"  # type: ignore[attr-defined]  # the entries themselves demand theirs


@login_not_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page, for looking at them; it does not exist in production."""
    if not settings.DEBUG:
        raise Http404
    from core.gallery import gallery_context

    return render(request, "gallery/index.html", gallery_context(request))
