"""The ledger, to be read: entries, postings, balances, and whether the books agree."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from billing.forms import JournalSearchForm, StepForm
from billing.queries import comparing
from billing.queries.ledger import journal_entries
from core.asking import asked, asks
from core.htmx import render_page, wants_fragment
from core.paging import paginate


@requires("journal:view")
@asks("on")
def entry_list(request: HttpRequest) -> HttpResponse:
    form = JournalSearchForm(asked(request))
    form.full_clean()
    found = journal_entries(text=form.cleaned_data.get("q", ""), on=form.cleaned_data.get("on"))
    page = paginate(request, found.prefetch_related("postings__account", "postings__performer"))
    return render_page(request, "billing/journal/list.html", {"form": form, "page": page})


@requires("journal:view")
def entry_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    entry = get_object_or_404(journal_entries(), pk=pk)
    context = {"entry": entry, "postings": entry.postings.select_related("account", "shift", "performer")}
    return render(request, "billing/journal/detail.html", context)


@requires("journal:view")
@require_GET
def agreement(request: HttpRequest) -> HttpResponse:
    """Ledger, invoices, receipts and drawers compared; what differs is named with its entry.

    Checks read whole books: the page asks for them one after the other. ``whole`` answers all at once.
    """
    checks = comparing.checks()
    if "whole" in request.GET:
        results = [(check, check.found()) for check in checks]
        context = {"results": results, "disagreeing": sum(len(found) for _check, found in results)}
        return render(request, "billing/journal/agreement.html", context)
    if not wants_fragment(request):
        return render(request, "billing/journal/agreement.html", {"step": 0, "total": len(checks), "disagreeing": 0})
    form = StepForm(request.GET)
    if not form.is_valid() or form.cleaned_data["step"] >= len(checks):
        raise Http404
    step = form.cleaned_data["step"]
    found = checks[step].found()
    context = {
        "results": [(checks[step], found)],
        "step": step + 1,
        "total": len(checks),
        "disagreeing": form.cleaned_data["disagreeing"] + len(found),
        "oob": True,
    }
    return render(request, "billing/journal/agreement.html#rows", context)
