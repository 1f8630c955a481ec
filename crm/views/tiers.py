"""The steps of the membership, which the hospital edits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from crm.forms import TierForm
from crm.models import Tier
from crm.queries import tiers
from crm.services.tiers import add_tier, change_tier


@requires("membership:view")
@require_GET
def tier_list(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/tier/list.html", {"tiers": tiers()})


@requires("membership:tiers")
@exactly_once
def tier_new(request: HttpRequest) -> HttpResponse:
    form = TierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_tier(**form.details(), by=request.user)
        return redirect("crm:tier-list")
    return render(request, "crm/tier/form.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("membership:tiers")
@exactly_once
def tier_edit(request: HttpRequest, pk: str) -> HttpResponse:
    tier = get_object_or_404(Tier, pk=pk)
    version = tier.version
    form = TierForm(request.POST or None, instance=tier)
    if request.method == "POST" and form.is_valid():
        try:
            change_tier(tier=tier, version=version, by=request.user, **form.details())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("crm:tier-list")
    return render(request, "crm/tier/form.html", {"form": form, "tier": tier}, status=422 if form.is_bound else 200)
