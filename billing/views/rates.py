"""Exchange rates that come by themselves, and the gain or loss of exchanging."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from billing.forms_rates import FeedForm
from billing.models import RateFeed, RateProposal
from billing.services import differences, feeds
from core.once import exactly_once


@requires("rate:set")
@requires_step_up
@exactly_once
def feed_edit(request: HttpRequest) -> HttpResponse:
    """Where the daily rate comes from, and what of it waits for a person."""
    feed = RateFeed.objects.first()
    form = FeedForm(request.POST or None, instance=feed)
    if request.method == "POST" and form.is_valid():
        feeds.save_feed(by=request.user, **form.cleaned_data)
        messages.success(request, _("The feed is stored. It is asked every morning."))
        return redirect("billing:rate-feed")
    return render(request, "billing/rate/feed.html", {"form": form, "feed": feed}, status=422 if form.is_bound else 200)


@requires("rate:set")
@require_POST
@exactly_once
def proposal_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    feeds.accept_proposal(proposal=get_object_or_404(RateProposal, pk=pk), by=request.user)
    return redirect("billing:rate-list")


@requires("rate:set")
@require_POST
@exactly_once
def proposal_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    feeds.decline_proposal(proposal=get_object_or_404(RateProposal, pk=pk), by=request.user)
    return redirect("billing:rate-list")


@requires("books:close")
@exactly_once
def difference_post(request: HttpRequest) -> HttpResponse:
    """What the exchange accounts come to at today's rate, explained; a press of the button posts it."""
    if request.method == "POST":
        entries = differences.post_differences(by=request.user)
        return redirect("billing:entry-detail", entries[0].pk)
    return render(request, "billing/rate/difference.html", {"found": differences.exchange_differences()})
