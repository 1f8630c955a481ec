"""Promotions of the hospital: their terms, and how often they were used."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import requires
from billing.forms_concessions import PromotionForm
from billing.models import Promotion
from billing.services.promotions import save_promotion
from core.clock import today
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate


@requires("price:view")
def promotion_list(request: HttpRequest) -> HttpResponse:
    page = paginate(request, Promotion.objects.order_by("-valid_from", "code"))
    return render_page(request, "billing/promotion/list.html", {"page": page, "today": today()})


@requires("promotion:edit")
@exactly_once
def promotion_new(request: HttpRequest) -> HttpResponse:
    return _page(request, None)


@requires("promotion:edit")
@exactly_once
def promotion_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Promotion, pk=pk))


def _page(request: HttpRequest, promotion: Promotion | None) -> HttpResponse:
    form = PromotionForm(request.POST or None, instance=promotion)
    if request.method == "POST" and form.is_valid():
        try:
            save_promotion(
                promotion=promotion,
                version=form.cleaned_data["version"] or 0,
                names=form.names(),
                terms=form.terms(),
                by=request.user,
            )
            return redirect("billing:promotion-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "promotion": promotion}
    return render(request, "billing/promotion/form.html", context, status=422 if form.is_bound else 200)
