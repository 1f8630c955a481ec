from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from audit.services import record_printing, record_reading
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.pdf import pdf_response
from core.rates import rated
from laboratory.forms.specimens import CollectForm, ReceiveForm, RejectForm
from laboratory.history import history_of
from laboratory.models import Specimen
from laboratory.papers import label_pdf
from laboratory.queries.orders import visible_orders, with_items
from laboratory.queries.specimens import received_by, tubes_of, visible_specimens
from laboratory.services.specimens import (
    awaits_payment,
    collect_specimens,
    note_label_prints,
    receive_specimen,
    reject_specimen,
)
from laboratory.states import ItemState
from patients.banner import banner_of


@requires("lab_specimen:collect")
@exactly_once
def order_collect(request, pk):
    """At the patient's side: two identifiers, the tubes taken, then their labels."""
    order = get_object_or_404(with_items(visible_orders(request.user)), pk=pk)
    tubes = tubes_of(order)
    form = CollectForm(request.POST or None, tubes=tubes)
    if request.method == "POST" and form.is_valid():
        try:
            collect_specimens(
                order=order,
                tubes=form.cleaned_data["tubes"],
                identity=form.identity,
                collected_at=form.cleaned_data["collected_at"],
                by=request.user,
            )
            messages.success(request, _("Collected. Print the labels and stick them on before leaving the patient."))
            return redirect("laboratory:order-collect", order.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {
        "order": order,
        "tubes": tubes,
        "form": form,
        "banner": banner_of(order.patient),
        "specimens": order.specimens.select_related("specimen_type", "container").prefetch_related("label_prints"),
        "unpaid": awaits_payment(order, [item for tube in tubes for item in tube.items]),
    }
    return render(request, "laboratory/specimen/collect.html", context, status=422 if form.is_bound else 200)


@rated("paper")
@requires("lab_specimen:collect")
@require_GET
def order_labels(request, pk):
    """One label a tube, as PDF; every print is counted."""
    order = get_object_or_404(visible_orders(request.user), pk=pk)
    specimens = visible_specimens(request.user).filter(order=order).exclude(state__in=["rejected", "discarded"])
    return _labels(request, list(specimens.order_by("id")))


@rated("paper")
@requires("lab_specimen:collect")
@require_GET
def specimen_label(request, pk):
    return _labels(request, [get_object_or_404(visible_specimens(request.user), pk=pk)])


@requires("lab_specimen:receive")
@exactly_once
def specimen_receive(request):
    """One box that always has the cursor: scan, Enter, next tube."""
    form = ReceiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            specimen = receive_specimen(accession=form.cleaned_data["accession"], by=request.user)
            messages.success(request, _("%(number)s was received.") % {"number": specimen.accession})
            return redirect("laboratory:specimen-receive")
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "received": received_by(request.user)}
    return render(request, "laboratory/specimen/receive.html", context, status=422 if form.is_bound else 200)


@requires("lab_worklist:view")
@require_GET
def specimen_detail(request, pk):
    specimen = _specimen(request, pk)
    record_reading(specimen.patient_id, "laboratory specimen")
    return render(request, "laboratory/specimen/detail.html", _detail(specimen))


@requires("lab_specimen:reject")
@require_POST
@exactly_once
def specimen_reject(request, pk):
    specimen = _specimen(request, pk)
    form = RejectForm(request.POST)
    if form.is_valid():
        try:
            reject_specimen(
                specimen=specimen,
                rejection=form.cleaned_data["rejection"],
                note=form.cleaned_data["rejection_note"],
                by=request.user,
            )
            messages.success(request, _("The specimen was rejected; a new one is asked for."))
            return redirect("laboratory:specimen-detail", specimen.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return render(request, "laboratory/specimen/detail.html", {**_detail(specimen), "form": form}, status=422)


def _specimen(request, pk) -> Specimen:
    return get_object_or_404(visible_specimens(request.user), pk=pk)


def _detail(specimen: Specimen) -> dict:
    items = list(specimen.items.select_related("test__section"))
    return {
        "specimen": specimen,
        "banner": banner_of(specimen.patient),
        "items": items,
        "history": history_of(specimen),
        "form": RejectForm(),
        "to_enter": any(item.state == ItemState.RECEIVED for item in items),
        "to_verify": specimen.results.filter(state="submitted").exists(),
    }


def _labels(request, specimens: list[Specimen]) -> HttpResponse:
    pdf = label_pdf(specimens)
    note_label_prints(specimens=specimens, by=request.user)
    for patient_id in dict.fromkeys(specimen.patient_id for specimen in specimens):
        record_printing("laboratory:specimen-label", patient_id=patient_id)
    return pdf_response(pdf, "labels.pdf")
