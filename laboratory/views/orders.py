from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from audit.services import record_reading
from clinical.queries import visible_encounters
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import hx_redirect, render_page, trigger, wants_fragment
from core.once import exactly_once
from laboratory.errors import DuplicateTests
from laboratory.forms.orders import CancelForm, OrderForm
from laboratory.models import Order
from laboratory.panels import encounter_panel, order_context
from laboratory.presentation import present
from laboratory.queries import catalogue
from laboratory.queries.orders import recently_ordered, takes_orders, visible_orders, walk_in_encounters, with_items
from laboratory.queries.results import held_back, released_results, replaced_results
from laboratory.services.orders import cancel_items, place_order
from laboratory.services.reading import acknowledge_results
from patients.banner import banner_of


@requires("lab_order:create")
@exactly_once
def order_new(request, encounter_pk):
    """Order from the encounter page, as a fragment of it, or from a page of its own; nothing else typed is touched."""
    encounter = get_object_or_404(visible_encounters(request.user), pk=encounter_pk)
    order, page = _place(request, encounter)
    return page if order is None else redirect("laboratory:encounter-orders", encounter.pk)


@requires("lab_order:walk_in")
@exactly_once
def order_walk_in(request, encounter_pk):
    """The order of a patient who came to the laboratory only, entered at its desk from the paper that was brought."""
    encounter = get_object_or_404(walk_in_encounters(request.user), pk=encounter_pk)
    order, page = _place(request, encounter)
    if order is None:
        return page
    url = reverse("laboratory:order-collect", args=[order.pk])
    return hx_redirect(url) if wants_fragment(request) else redirect(url)


@requires("lab_order:view")
@require_GET
def encounter_orders(request, encounter_pk):
    """The laboratory's part of the encounter page, painted anew after an order."""
    encounter = get_object_or_404(visible_encounters(request.user), pk=encounter_pk)
    if not wants_fragment(request):
        return redirect(reverse("clinical:encounter-detail", args=[encounter.pk]) + "#laboratory")
    context = encounter_panel(request, encounter)
    return trigger(render(request, "laboratory/panels/encounter.html", context), "charges-changed")


@requires("lab_order:create")
@asks("panels", "tests")
def test_search(request):
    """Tests and panels that match what is typed, below those chosen already (which stay ticked)."""
    panel_ids, test_ids = _uuids(asked(request).getlist("panels")), _uuids(asked(request).getlist("tests"))
    panels, tests = catalogue.find_orderable(asked(request).get("q", ""))
    chosen_panels, chosen_tests = catalogue.chosen(panel_ids, test_ids)
    context = {
        "chosen_panels": chosen_panels,
        "chosen_tests": chosen_tests,
        "found_panels": [panel for panel in panels if panel.pk not in panel_ids],
        "found_tests": [test for test in tests if test.pk not in test_ids],
        "text": asked(request).get("q", "").strip(),
    }
    return render(request, "laboratory/order/_found.html", context)


@requires("lab_result:view")
@require_GET
def order_detail(request, pk):
    """An order with its released results; what is not released does not exist here."""
    order = get_object_or_404(with_items(visible_orders(request.user)).select_related("encounter"), pk=pk)
    record_reading(order.patient_id, "laboratory order")
    results = present(released_results(order))
    context = {
        "order": order,
        "banner": banner_of(order.patient),
        "results": results,
        "replaced": present(replaced_results(order)),
        "unread": [one for one in results if one.result.acknowledged_at is None],
        "alerts": [one for one in results if one.result.is_critical and one.result.acknowledged_at is None],
        "held_back": request.user.may("lab_result:verify") and held_back(order),
        "can_cancel": request.user.may("lab_order:cancel") and any(item.can_cancel for item in order.items.all()),
    }
    return render_page(request, "laboratory/order/detail.html", context, fragment="results")


@requires("lab_result:acknowledge")
@require_POST
@exactly_once
def order_acknowledge(request, pk):
    order = _order(request, pk)
    acknowledge_results(order=order, by=request.user)
    messages.success(request, _("The results are marked as seen by you."))
    return redirect("laboratory:order-detail", order.pk)


@requires("lab_order:cancel")
@exactly_once
def order_cancel(request, pk):
    order = get_object_or_404(with_items(visible_orders(request.user)), pk=pk)
    form = CancelForm(request.POST or None, order=order)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_items(
                order=order, items=form.cleaned_data["items"], reason=form.cleaned_data["reason"], by=request.user
            )
            messages.success(request, _("The tests were cancelled."))
            return redirect("laboratory:order-detail", order.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"order": order, "form": form, "banner": banner_of(order.patient)}
    return render(request, "laboratory/order/cancel.html", context, status=422 if form.is_bound else 200)


def _order(request, pk) -> Order:
    return get_object_or_404(visible_orders(request.user).select_related("patient"), pk=pk)


def _place(request, encounter) -> tuple[Order | None, HttpResponse | None]:
    """The order that was placed, or the page to answer with."""
    form = OrderForm(request.POST or None)
    repeated = False
    if request.method == "POST" and form.is_valid():
        try:
            order = place_order(encounter=encounter, by=request.user, **form.cleaned_data)
            messages.success(request, _("Order %(number)s was sent to the laboratory.") % {"number": order.number})
            return order, None
        except DomainError as error:
            add_domain_error(form, error)
            repeated = isinstance(error, DuplicateTests)
    return None, _order_page(request, encounter, form, repeated=repeated)


def _order_page(request, encounter, form: OrderForm, *, repeated: bool) -> HttpResponse:
    """The form again, with what was chosen; inside the encounter page only its own part is painted."""
    panel_ids, test_ids = _uuids(request.POST.getlist("panels")), _uuids(request.POST.getlist("tests"))
    chosen_panels, chosen_tests = catalogue.chosen(panel_ids, test_ids)
    context = {
        **order_context(encounter, may_order=takes_orders(encounter), url=request.path),
        "lab_form": form,
        "chosen_panels": chosen_panels,
        "chosen_tests": chosen_tests,
        "repeated": _repeated(encounter, chosen_panels, chosen_tests) if repeated else [],
        "banner": banner_of(encounter.patient),
    }
    template = "laboratory/panels/encounter.html" if wants_fragment(request) else "laboratory/order/form.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _repeated(encounter, panels, tests) -> list:
    wanted = [test.pk for test in tests]
    wanted += [member.test_id for panel in panels for member in panel.members.all()]
    return recently_ordered(encounter.patient_id, wanted)


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:200]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
