from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from audit.services import record_reading
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.preferences import preference
from laboratory.forms.correction import CorrectionForm
from laboratory.forms.specimens import CallForm, SendBackForm
from laboratory.models import OrderItem, Specimen
from laboratory.presentation import present
from laboratory.queries.orders import of_visible_orders, visible_orders
from laboratory.queries.results import open_alerts, submitted_results, versions
from laboratory.queries.specimens import visible_specimens
from laboratory.services.corrections import correct_result
from laboratory.services.reading import note_call
from laboratory.services.verification import release_results, send_back_results, verify_results
from patients.banner import banner_of


@requires("lab_result:verify")
@exactly_once
def result_verify(request, pk):
    """The second person sees value, range, flag and the previous result side by side, and accepts."""
    specimen = get_object_or_404(visible_specimens(request.user), pk=pk)
    if request.method != "POST":
        record_reading(specimen.patient_id, "laboratory results verification")
        return _sheet(request, specimen)
    try:
        verify_results(specimen=specimen, items=_chosen(request, specimen), by=request.user)
    except DomainError as error:
        return _sheet(request, specimen, error=error)
    messages.success(request, _("Verified."))
    return redirect("laboratory:specimen-detail", specimen.pk)


@requires("lab_result:verify")
@require_POST
@exactly_once
def result_send_back(request, pk):
    specimen = get_object_or_404(visible_specimens(request.user), pk=pk)
    form = SendBackForm(request.POST)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            send_back_results(specimen=specimen, items=_chosen(request, specimen), reason=reason, by=request.user)
            messages.success(request, _("Sent back."))
            return redirect("laboratory:specimen-detail", specimen.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _sheet(request, specimen, form=form, status=422)


@requires("lab_result:verify")
@require_POST
@exactly_once
def order_release(request, pk):
    order = get_object_or_404(visible_orders(request.user), pk=pk)
    release_results(order=order, by=request.user)
    messages.success(request, _("Released."))
    return redirect("laboratory:order-detail", order.pk)


@requires("lab_result:correct")
@exactly_once
def result_correct(request, pk):
    """Another version of a released result; a second person verifies it before anybody else sees it."""
    item = get_object_or_404(_visible_items(request.user), pk=pk)
    if not item.can_correct:
        raise Http404
    released = versions(item)
    form = CorrectionForm(request.POST or None, item=item, current=released[0])
    if request.method == "POST" and form.is_valid():
        try:
            correct_result(item=item, entry=form.entry, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("The correction waits for a second person."))
            return redirect("laboratory:order-detail", item.order_id)
        except DomainError as error:
            add_domain_error(form, error)
    context = {
        "item": item,
        "form": form,
        "versions": present(released),
        "banner": banner_of(item.order.patient),
    }
    return render(request, "laboratory/result/correct.html", context, status=422 if form.is_bound else 200)


@requires("lab_result:verify")
@exactly_once
def alert_call(request, pk):
    """Note the telephone call about a critical result, with the read-back."""
    alert = get_object_or_404(open_alerts(request.user), pk=pk)
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note_call(alert=alert, note=form.cleaned_data["call_note"], by=request.user)
        messages.success(request, _("The call was noted. The doctor still has to acknowledge the result."))
        return redirect("laboratory:alert-list")
    context = {"alert": alert, "form": form, "banner": banner_of(alert.result.item.patient)}
    return render(request, "laboratory/alert/call.html", context, status=422 if form.is_bound else 200)


def _visible_items(user):
    related = ("test__answer_set", "order__patient", "specimen", "patient")
    return of_visible_orders(user, OrderItem.objects.select_related(*related))


def _chosen(request, specimen: Specimen) -> list:
    """The ticked tests of this tube; ids of other tubes are not among them."""
    ticked = set(request.POST.getlist("items"))
    return [result.item_id for result in submitted_results(specimen) if str(result.item_id) in ticked]


def _sheet(request, specimen: Specimen, *, form=None, error=None, status=200):
    shown = present(submitted_results(specimen))
    mine = [one.result.pk for one in shown if request.user.pk in (one.result.entered_by_id, one.result.submitted_by_id)]
    context = {
        "specimen": specimen,
        "banner": banner_of(specimen.patient),
        "results": shown,
        "mine": mine if preference("laboratory.four_eyes") else [],
        "form": form or SendBackForm(),
        "error": error,
    }
    return render(request, "laboratory/result/verify.html", context, status=422 if error else status)
