"""The trail: searched, one record, one row's history, one's own. Every reading of it is itself recorded."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import open_to_staff, requires
from audit.models import Record
from audit.services import record_event
from core.asking import address_query, asked, asks
from core.htmx import render_page
from oversight.difference import difference
from oversight.forms import MyTrailForm, ReasonForm, TrailForm
from oversight.keyset import KeysetPage, keyset_page
from oversight.queries.subjects import PATIENT, patient_of
from oversight.queries.trail import TrailFilter, behind, of_row, records
from oversight.rows import in_words
from oversight.words import PLATFORM_TABLES, TABLES, table_in_words


@requires("audit:view")
@asks("who", "role", "kind", "table", "since", "until")
def trail(request: HttpRequest) -> HttpResponse:
    form = TrailForm(asked(request) or None)
    wanted = form.asked()
    note_reading("trail", wanted)
    page = keyset_page(request, records(wanted), behind)
    context = {"form": form, "page": page, "rows": in_words(page), "query": _query(request), "reason": ReasonForm()}
    return render_page(request, "oversight/trail/list.html", context, fragment="rows")


@open_to_staff
@require_GET
def my_trail(request: HttpRequest) -> HttpResponse:
    """What is known of me: everything I did and read."""
    form = MyTrailForm(request.GET or None)
    asked = form.asked(str(request.user.pk))
    note_reading("my-trail", asked)
    page = keyset_page(request, records(asked), behind)
    context = {"form": form, "page": page, "rows": in_words(page)}
    return render_page(request, "oversight/trail/mine.html", context, fragment="rows")


@requires("audit:view")
@require_GET
def record_detail(request: HttpRequest, number: str) -> HttpResponse:
    return show_record(request, number)


def show_record(request: HttpRequest, number: str, **context: Any) -> HttpResponse:
    """One record: who, when, from where, why; and what was before and after, in words."""
    record = Record.objects.filter(pk=number).first() if number.isascii() and number.isdigit() else None
    if record is None:
        raise Http404
    record_event("trail_read", "audit_record", str(record.pk), screen="record")
    context |= {
        "record": record,
        "where": table_in_words(record.table_name) if record.table_name else "",
        "lines": difference(record, request.user),
        "patient_id": patient_of(record),
        "is_patient": record.table_name == PATIENT,
    }
    return render(request, "oversight/trail/record.html", context)


@requires("audit:view")
@require_GET
def row_history(request: HttpRequest, table: str, row: str) -> HttpResponse:
    return show_row(request, table, row)


def show_row(request: HttpRequest, table: str, row: str, **context: Any) -> HttpResponse:
    """Everything that happened to one row, each step with its difference."""
    if table not in {*TABLES, *PLATFORM_TABLES}:
        raise Http404
    page: KeysetPage = keyset_page(request, of_row(table, row), behind, per_page=20)
    if not page:
        raise Http404
    record_event("trail_read", table, row, screen="row")
    steps = [{"row": row, "lines": difference(row.record, request.user)} for row in in_words(page)]
    context |= {"steps": steps, "page": page, "where": table_in_words(table), "row_id": row}
    return render(request, "oversight/trail/row.html", context)


def note_reading(screen: str, asked: TrailFilter, **further: str) -> None:
    """The reading of the trail, with what was asked for: ids, codes and dates, never a name."""
    record_event("trail_read", "audit_record", screen=screen, asked={**asked.asked, **further})


def _query(request: HttpRequest) -> str:
    query = address_query(request)
    query.pop("before", None)
    return query.urlencode()
