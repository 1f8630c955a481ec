"""Price lists with their conditions, public holidays, and which price somebody would be asked."""

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from billing.choice import place
from billing.errors import ListCodeTaken
from billing.explaining import adjustment_in_words, conditions_in_words, quote_in_words
from billing.forms_prices import HolidayForm, PriceCheckForm, PriceListForm
from billing.insurers import kind_of
from billing.models import Holiday, PriceList
from billing.queries.quotes import quote
from billing.services.price_lists import add_price_list, change_price_list, remove_holiday, save_holiday
from core.clock import now, today
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate


@requires("price:view")
def list_list(request: HttpRequest) -> HttpResponse:
    """All lists in the order they are asked, each with its conditions in words."""
    own = Count("prices", filter=_in_force())
    lists = sorted(PriceList.objects.select_related("branch").annotate(own=own), key=place)
    rows = [(one, conditions_in_words(one), adjustment_in_words(one)) for one in lists]
    return render(request, "billing/price_list/list.html", {"rows": rows, "today": today()})


@requires("price:edit")
@exactly_once
def list_new(request: HttpRequest) -> HttpResponse:
    form = PriceListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if PriceList.objects.filter(code=form.cleaned_data["code"]).exists():
                raise ListCodeTaken()
            add_price_list(code=form.cleaned_data["code"], names=form.names(), terms=form.terms(), by=request.user)
            return redirect("billing:list-list")
        except DomainError as error:
            add_domain_error(form, error)
    return render(request, "billing/price_list/form.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("price:edit")
@exactly_once
def list_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    price_list = get_object_or_404(PriceList, pk=pk)
    form = PriceListForm(request.POST or None, instance=price_list)
    if request.method == "POST" and form.is_valid():
        try:
            change_price_list(
                price_list=price_list,
                version=form.cleaned_data["version"] or 0,
                names=form.names(),
                terms=form.terms(),
                by=request.user,
            )
            return redirect("billing:list-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "price_list": price_list}
    return render(request, "billing/price_list/form.html", context, status=422 if form.is_bound else 200)


@requires("price:view")
def price_check(request: HttpRequest) -> HttpResponse:
    """What a service would cost somebody at a moment, and why."""
    form = PriceCheckForm(request.GET or None)
    context: dict[str, object] = {"form": form}
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        found = quote(
            data["service"],
            branch=data["branch"].pk if data["branch"] else None,
            payer=kind_of(data["payer"]),
            insurer=data["payer"],
            country=data["country"] or "KH",
            moment=timezone.localtime(data["moment"] or now()).replace(tzinfo=None),
        )
        context |= {"asked": True, "quote": found, "steps": quote_in_words(found, data["service"]) if found else ()}
    return render(request, "billing/price_list/check.html", context)


@requires("price:edit")
@exactly_once
def holiday_list(request: HttpRequest) -> HttpResponse:
    """The public holidays from this year on; the form below adds one or renames that of its day."""
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        save_holiday(date=form.cleaned_data["date"], names=form.names(), by=request.user)
        return redirect("billing:holiday-list")
    days = Holiday.objects.filter(date__year__gte=today().year).order_by("date")
    context = {"form": form, "page": paginate(request, days, per_page=50)}
    if form.is_bound:
        return render(request, "billing/price_list/holidays.html", context, status=422)
    return render_page(request, "billing/price_list/holidays.html", context)


@requires("price:edit")
@require_POST
@exactly_once
def holiday_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    remove_holiday(holiday=get_object_or_404(Holiday, pk=pk), by=request.user)
    return redirect("billing:holiday-list")


def _in_force() -> Q:
    day = today()
    return Q(prices__valid_from__lte=day) & (Q(prices__valid_to__isnull=True) | Q(prices__valid_to__gt=day))
