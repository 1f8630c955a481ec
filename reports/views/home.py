"""The first page after signing in: what waits for me now; for the owner, the day at a glance."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.permissions import open_to_staff, requires
from core import menu
from core.htmx import render_page
from reports.dashboards import day_figures


@open_to_staff
def home(request: HttpRequest) -> HttpResponse:
    """What waits; the page asks again for that part every half minute, while nobody is typing in it."""
    return render_page(request, "reports/home/home.html", {"waiting": list(_waiting(request))}, fragment="waiting")


def _waiting(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """The menu entries behind which something can wait, with how much waits there for this person."""
    for section in menu.sections_for(request):
        for item in section.items:
            if item.entry.count is not None:
                yield {
                    "entry": item.entry,
                    "url": item.url,
                    "section": section,
                    "count": item.entry.count(request.user),
                }


@requires("figures:view")
def figures(request: HttpRequest) -> HttpResponse:
    """The figures are a page of their own and a slot of the first page, so that nobody waits for them to sign in."""
    branch = request.workplace.branch if request.GET.get("branch") == "here" else None
    template = "reports/home/figures.html" + ("#figures" if request.htmx else "")
    return render(request, template, {"figures": day_figures(branch), "branch": branch})
