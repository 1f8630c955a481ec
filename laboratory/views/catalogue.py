from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from billing.queries.catalogue import price_in_force, prices_in_force
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from laboratory.forms.catalogue import RangeForm, TestForm, TestSearch
from laboratory.models import ReferenceRange, Test
from laboratory.queries.catalogue import panels_with_tests, search_tests
from laboratory.services.catalogue import confirm_ranges, delete_range, save_range, save_test


@requires("lab_catalogue:view")
@require_GET
def test_list(request):
    form = TestSearch(request.GET)
    page = paginate(request, search_tests(request.GET.get("q", "")))
    prices = prices_in_force([test.charge_code for test in page])
    for test in page:
        test.price = prices.get(test.charge_code)
    return render_page(request, "laboratory/catalogue/list.html", {"page": page, "form": form})


@requires("lab_catalogue:view")
@require_GET
def panel_list(request):
    panels = panels_with_tests()
    prices = prices_in_force([panel.charge_code for panel in panels])
    for panel in panels:
        panel.price = prices.get(panel.charge_code)  # type: ignore[attr-defined]
    return render(request, "laboratory/catalogue/panels.html", {"panels": panels})


@requires("lab_catalogue:view")
@require_GET
def test_detail(request, pk):
    test = get_object_or_404(Test.objects.select_related("section", "specimen_type", "container", "answer_set"), pk=pk)
    context = {"test": test, "ranges": list(test.ranges.all()), "price": price_in_force(test.charge_code)}
    return render(request, "laboratory/catalogue/detail.html", context)


@requires("lab_catalogue:edit")
@exactly_once
def test_new(request):
    return _test_form(request, Test())


@requires("lab_catalogue:edit")
@exactly_once
def test_edit(request, pk):
    return _test_form(request, get_object_or_404(Test, pk=pk))


@requires("lab_catalogue:edit")
@require_POST
@exactly_once
def test_confirm(request, pk):
    test = get_object_or_404(Test, pk=pk)
    confirm_ranges(test=test, by=request.user)
    messages.success(request, _("Ranges and limits are confirmed."))
    return redirect("laboratory:test-detail", test.pk)


@requires("lab_catalogue:edit")
@exactly_once
def range_new(request, pk):
    return _range_form(request, ReferenceRange(test=get_object_or_404(Test, pk=pk)))


@requires("lab_catalogue:edit")
@exactly_once
def range_edit(request, pk):
    return _range_form(request, get_object_or_404(ReferenceRange.objects.select_related("test"), pk=pk))


@requires("lab_catalogue:edit")
@require_POST
@exactly_once
def range_delete(request, pk):
    span = get_object_or_404(ReferenceRange, pk=pk)
    delete_range(span=span, by=request.user)
    messages.success(request, _("The range was removed."))
    return redirect("laboratory:test-detail", span.test_id)


def _test_form(request, test: Test):
    price = price_in_force(test.charge_code) if not test._state.adding else None
    initial = {"price": price.amount, "currency": price.currency} if price else {"currency": "USD"}
    form = TestForm(request.POST or None, instance=test, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            amount, currency = form.cleaned_data["price"], form.cleaned_data["currency"] or "USD"
            save_test(test=form.instance, price=amount, currency=currency, by=request.user)
            messages.success(request, _("The test was saved."))
            return redirect("laboratory:test-detail", test.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "test": test, "is_new": test._state.adding}
    return render(request, "laboratory/catalogue/form.html", context, status=422 if form.is_bound else 200)


def _range_form(request, span: ReferenceRange):
    form = RangeForm(request.POST or None, instance=span)
    if request.method == "POST" and form.is_valid():
        try:
            save_range(span=form.instance, by=request.user)
            messages.success(request, _("The range was saved."))
            return redirect("laboratory:test-detail", span.test_id)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "span": span, "test": span.test, "is_new": span._state.adding}
    return render(request, "laboratory/catalogue/range.html", context, status=422 if form.is_bound else 200)
