"""Packages: what is in them and what they cost, and selling one to a visit."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from billing.forms_packages import PackageForm, SellForm
from billing.models import Charge, Package
from billing.queries.catalogue import price_in_force
from billing.queries.packages import packages_offered
from billing.queries.worklist import visible_visits
from billing.services.charges import sell_package
from billing.services.packages import return_to_package, save_package
from billing.views.worklist import show_bill
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate


@requires("price:view")
def package_list(request: HttpRequest) -> HttpResponse:
    page = paginate(request, packages_offered().order_by("service__code"))
    return render_page(request, "billing/package/list.html", {"page": page})


@requires("price:edit")
@exactly_once
def package_new(request: HttpRequest) -> HttpResponse:
    return _page(request, None)


@requires("price:edit")
@exactly_once
def package_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(packages_offered(), pk=pk))


@requires("package:sell")
@require_POST
@exactly_once
def package_sell(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Charge a package to a visit; refusals stand on the visit's bill."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    form = SellForm(request.POST)
    if form.is_valid():
        try:
            sell_package(package=form.cleaned_data["package"], visit=visit, by=request.user)
            return redirect("billing:visit-bill", visit.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return show_bill(request, visit, sell=form)


@requires("package:return")
@require_POST
@exactly_once
def charge_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What an invoiced charge took is in its package again."""
    charge = get_object_or_404(Charge.objects.filter(visit__in=visible_visits(request.user)), pk=pk)
    return_to_package(charge=charge, reason=request.POST.get("reason", "")[:200], by=request.user)
    return redirect("billing:visit-bill", charge.visit_id)


def _page(request: HttpRequest, package: Package | None) -> HttpResponse:
    price = price_in_force(package.service.code) if package else None
    form = PackageForm(request.POST or None, instance=package, price=price.money if price else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            save_package(
                package=package,
                version=data["version"] or 0,
                code=data.get("code", ""),
                names=form.names(),
                by=request.user,
                **{name: data[name] for name in ("amount", "currency", "valid_days", "parts")},
            )
            return redirect("billing:package-list")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "package": package}
    return render(request, "billing/package/form.html", context, status=422 if form.is_bound else 200)
