"""The platform's own trail on the console: what its staff did about hospitals, plans, roles and visits of support."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from core.asking import asked, asks
from core.htmx import render_page
from oversight.forms import ConsoleTrailForm
from oversight.keyset import keyset_page
from oversight.queries.platform import about_hospital
from oversight.queries.trail import behind, records
from oversight.rows import in_words
from oversight.views.trail import note_reading, show_record, show_row

SHELL: dict[str, Any] = {"shell": "base/console.html"}


@requires("platform_trail:view")
@asks("who", "hospital", "role", "kind", "table", "since", "until")
def trail(request: HttpRequest) -> HttpResponse:
    form = ConsoleTrailForm(asked(request) or None)
    wanted, hospital = form.asked(), form.of_hospital
    note_reading("platform-trail", wanted, **({"hospital": str(hospital.pk)} if hospital else {}))
    found = about_hospital(records(wanted), hospital) if hospital else records(wanted)
    page = keyset_page(request, found, behind)
    context = {**SHELL, "form": form, "page": page, "rows": in_words(page)}
    return render_page(request, "oversight/trail/list.html", context, fragment="rows")


@requires("platform_trail:view")
@require_GET
def record_detail(request: HttpRequest, number: str) -> HttpResponse:
    return show_record(request, number, **SHELL)


@requires("platform_trail:view")
@require_GET
def row_history(request: HttpRequest, table: str, row: str) -> HttpResponse:
    return show_row(request, table, row, **SHELL)
