"""Price list, exchange rates and drawers: what the cash office works with."""

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.permissions import requires
from billing.forms import DrawerForm, PriceForm, PriceSearchForm, RateForm, ServiceForm
from billing.forms_prices import ServiceUnitForm
from billing.models import Drawer, ExchangeRate, Price, RateProposal, Service
from billing.queries.catalogue import in_force_on, latest_rate, search_services
from billing.services.catalogue import set_price, set_unit
from billing.services.drawers import save_drawer
from billing.services.rates import set_rate
from billing.states import ProposalStatus
from core.clock import today
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate


@requires("price:view")
def price_list(request: HttpRequest) -> HttpResponse:
    form = PriceSearchForm(request.GET)
    form.full_clean()
    services = search_services(form.cleaned_data.get("q", ""), form.cleaned_data.get("category", ""))
    current = (
        Price.objects.filter(in_force_on(today())).select_related("price_list").order_by("-price_list__is_default")
    )
    services = services.prefetch_related(Prefetch("prices", queryset=current, to_attr="current_prices"))
    return render_page(request, "billing/price/list.html", {"form": form, "page": paginate(request, services)})


@requires("price:edit")
@exactly_once
def price_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new price from a day on; the ones before stay readable below."""
    service = get_object_or_404(Service, pk=pk)
    history = service.prices.select_related("price_list", "set_by").order_by("-valid_from", "-created_at")
    current = history.filter(in_force_on(today())).first()
    initial = {"amount": current.amount, "currency": current.currency} if current else {"currency": "USD"}
    form = PriceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_price(code=service.code, by=request.user, **form.cleaned_data)
            return redirect("billing:price-edit", service.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "service": service, "history": history, "today": today()}
    return render(request, "billing/price/form.html", context, status=422 if form.is_bound else 200)


@requires("price:edit")
@exactly_once
def service_unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whether a service is charged each, by the day or by the hour, and the tax in its price."""
    service = get_object_or_404(Service, pk=pk)
    initial = {"unit": service.unit, "grace_minutes": service.grace_minutes, "tax_percent": service.tax_percent}
    form = ServiceUnitForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_unit(service=service, by=request.user, **form.terms())
        return redirect("billing:price-edit", service.pk)
    context = {"form": form, "service": service}
    return render(request, "billing/price/unit.html", context, status=422 if form.is_bound else 200)


@requires("price:edit")
@exactly_once
def service_new(request: HttpRequest) -> HttpResponse:
    form = ServiceForm(request.POST or None, initial={"currency": "USD"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if Service.objects.filter(code=data["code"]).exists():
            form.add_error("code", _("This code is taken."))
        else:
            price = set_price(
                code=data["code"],
                name=form.names(),
                category=data["category"],
                amount=data["amount"],
                currency=data["currency"],
                valid_from=data["valid_from"],
                price_list=data["price_list"],
                by=request.user,
            )
            return redirect("billing:price-edit", price.service_id)
    return render(request, "billing/price/new.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("rate:view")
def rate_list(request: HttpRequest) -> HttpResponse:
    rates = ExchangeRate.objects.select_related("set_by").order_by("-effective_on", "-created_at")
    context = {
        "page": paginate(request, rates),
        "current": latest_rate(),
        "proposals": RateProposal.objects.filter(status=ProposalStatus.WAITING),
    }
    return render_page(request, "billing/rate/list.html", context)


@requires("rate:set")
@exactly_once
def rate_set(request: HttpRequest) -> HttpResponse:
    form = RateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_rate(by=request.user, **form.cleaned_data)
            return redirect("billing:rate-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "current": latest_rate()}
    return render(request, "billing/rate/form.html", context, status=422 if form.is_bound else 200)


@requires("drawer:manage")
@exactly_once
def drawer_list(request: HttpRequest) -> HttpResponse:
    """The drawers of all branches; the form below adds one, or renames the one with that code."""
    form = DrawerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        save_drawer(by=request.user, **form.cleaned_data)
        return redirect("billing:drawer-list")
    context = {"form": form, "drawers": Drawer.objects.select_related("branch").order_by("branch__code", "code")}
    return render(request, "billing/drawer/list.html", context, status=422 if form.is_bound else 200)
