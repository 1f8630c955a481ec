"""The ledger, to be read: entries, postings, balances, and whether the books agree."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.permissions import requires
from billing.forms import JournalSearchForm
from billing.queries import comparing as books
from billing.queries.ledger import journal_entries
from core.asking import asked, asks
from core.htmx import render_page
from core.paging import paginate


@requires("journal:view")
@asks("on")
def entry_list(request: HttpRequest) -> HttpResponse:
    form = JournalSearchForm(asked(request))
    form.full_clean()
    found = journal_entries(text=form.cleaned_data.get("q", ""), on=form.cleaned_data.get("on"))
    page = paginate(request, found.prefetch_related("postings__account"))
    return render_page(request, "billing/journal/list.html", {"form": form, "page": page})


@requires("journal:view")
def entry_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    entry = get_object_or_404(journal_entries(), pk=pk)
    context = {"entry": entry, "postings": entry.postings.select_related("account", "shift")}
    return render(request, "billing/journal/detail.html", context)


@requires("journal:view")
def agreement(request: HttpRequest) -> HttpResponse:
    """Ledger, invoices, receipts and drawers compared; what differs is named with its entry."""
    checks = books.agreement()
    context = {"checks": checks, "disagreeing": sum(len(found) for _check, found in checks)}
    return render(request, "billing/journal/agreement.html", context)
