"""Closing the books, and taking the journal out for an accounting program."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_export
from billing.errors import TooManyPostings
from billing.forms_ledger import ClosingForm, ExportForm, last_of_month_before
from billing.ledger_files import as_csv, as_hledger
from billing.models import Account, BooksClosing
from billing.queries.books import between, closed_through, journal_postings
from billing.services.books import close_books
from core.clock import today
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.tables import csv_response, file_response

MOST_ROWS = 200_000


@requires("journal:view")
@require_GET
def closing_list(request: HttpRequest) -> HttpResponse:
    closings = BooksClosing.objects.select_related("closed_by")
    context = {"page": paginate(request, closings), "closed": closed_through()}
    return render_page(request, "billing/books/closings.html", context)


@requires("books:close")
@requires_step_up
@exactly_once
def closing_new(request: HttpRequest) -> HttpResponse:
    """Close the books up to a day that is over."""
    form = ClosingForm(request.POST or None, initial={"through": last_of_month_before(today())})
    if request.method == "POST" and form.is_valid():
        try:
            close_books(**form.cleaned_data, by=request.user)
            return redirect("billing:closing-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "closed": closed_through()}
    return render(request, "billing/books/close.html", context, status=422 if form.is_bound else 200)


@requires("journal:export")
@require_GET
def journal_export(request: HttpRequest) -> HttpResponse:
    """Choose the days and the form in which the journal leaves the house."""
    first = today().replace(day=1)
    form = ExportForm(initial={"since": first, "until": today(), "shape": ExportForm.CSV})
    return render(request, "billing/books/export.html", {"form": form})


@requires("journal:export")
@requires_step_up
@require_GET
def journal_file(request: HttpRequest) -> HttpResponse:
    """The journal of the days as a file. More than MOST_ROWS are refused, never left out."""
    form = ExportForm(request.GET)
    if not form.is_valid():
        return render(request, "billing/books/export.html", {"form": form}, status=422)
    since, until, shape = (form.cleaned_data[name] for name in ("since", "until", "shape"))
    if between(since, until)[: MOST_ROWS + 1].count() > MOST_ROWS:
        add_domain_error(form, TooManyPostings(most=f"{MOST_ROWS:,}"))
        return render(request, "billing/books/export.html", {"form": form}, status=422)
    record_export("billing:journal", subject="billing_entry", since=f"{since}", until=f"{until}", shape=shape)
    postings, name = journal_postings(since, until), f"journal-{since:%Y%m%d}-{until:%Y%m%d}"
    if shape == ExportForm.CSV:
        return csv_response(as_csv(postings), f"{name}.csv")
    return file_response(as_hledger(postings, Account.objects.order_by("code")), f"{name}.journal", "text/plain")
