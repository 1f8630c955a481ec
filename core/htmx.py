"""One view answers a plain browser with the whole page and HTMX with the fragment it asked for."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """True for an HTMX request that swaps a piece; a boosted link or a restored history entry wants the page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    fragment: str = "rows",
    status: int = 200,
) -> HttpResponse:
    """Render ``template``, or only its ``{% partialdef fragment %}`` when HTMX asked. Caches keep the two apart."""
    name = f"{template}#{fragment}" if wants_fragment(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def hx_redirect(url: str) -> HttpResponse:
    """Make HTMX load ``url`` as a whole new page (a 302 would be followed silently and swapped into the fragment)."""
    return HttpResponse(headers={"HX-Redirect": url})


def trigger(response: HttpResponse, event: str, **detail: Any) -> HttpResponse:
    """Add a browser event to ``response``; several calls add several events. ``detail`` must hold no personal data."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[event] = detail
    response["HX-Trigger"] = json.dumps(events)
    return response
