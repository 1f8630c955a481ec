"""The doctor's part: the prescription panel of the encounter page. Every address answers a plain browser too."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from clinical.models import Encounter
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page, wants_fragment
from core.once import exactly_once
from pharmacy.errors import OverrideReasonMissing
from pharmacy.forms.prescribing import AnswerForm, ItemForm, ReasonForm
from pharmacy.models import Medicine, Prescription, PrescriptionItem
from pharmacy.panels import encounter_panel
from pharmacy.queries.formulary import active_medicines, find_medicines
from pharmacy.queries.stock import available_units
from pharmacy.services.prescriptions import (
    add_item,
    change_item,
    medicine_findings,
    remove_item,
    sign_prescription,
    stop_item,
    stop_prescription,
)
from pharmacy.services.questions import answer_query
from pharmacy.views.access import encounter_or_404, item_or_404, prescription_or_404

FOUND = 12
PANEL = "pharmacy/panels/encounter.html"
PAGE = "pharmacy/prescribing/page.html"


@requires("prescription:view")
@require_GET
def encounter_prescription(request: HttpRequest, encounter_pk: UUID) -> HttpResponse:
    """The panel alone, painted anew after an act; a plain browser goes to the encounter."""
    encounter = encounter_or_404(request, encounter_pk)
    if not wants_fragment(request):
        return redirect(reverse("clinical:encounter-detail", args=[encounter.pk]) + "#pharmacy")
    return render(request, PANEL, encounter_panel(request, encounter))


@requires("prescription:create")
@asks()
def medicine_search(request: HttpRequest, encounter_pk: UUID) -> HttpResponse:
    """Medicines by INN, brand, name or ATC code, each with what the branch has in stock."""
    encounter = encounter_or_404(request, encounter_pk)
    text = asked(request).get("q", "").strip()
    found = list(find_medicines(text)[:FOUND]) if len(text) > 1 else []
    stock = available_units(encounter.branch, [medicine.pk for medicine in found])
    rows = [{"medicine": medicine, "available": stock.get(medicine.pk, 0)} for medicine in found]
    context = {"encounter": encounter, "rows": rows, "q": text}
    return render_page(request, "pharmacy/prescribing/search.html", context, fragment="found")


@requires("prescription:create")
@exactly_once
def item_new(request: HttpRequest, encounter_pk: UUID) -> HttpResponse:
    encounter = encounter_or_404(request, encounter_pk)
    medicine = get_object_or_404(
        active_medicines(), pk=_uuid(request.POST.get("medicine", request.GET.get("medicine")))
    )
    form = ItemForm(request.POST or None, medicine=medicine, initial=_usual(medicine))
    findings = medicine_findings(encounter, medicine) if not form.is_bound else []
    if form.is_bound and form.is_valid():
        try:
            add_item(encounter=encounter, medicine=medicine, by=request.user, **form.cleaned_data)
            return redirect("pharmacy:encounter-prescription", encounter.pk)
        except DomainError as error:
            findings = _answer(form, error)
    action = reverse("pharmacy:item-new", args=[encounter.pk])
    return _form_page(request, encounter, medicine, form, findings, action)


@requires("prescription:create")
@exactly_once
def item_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    item = item_or_404(request, pk)
    encounter, findings = item.prescription.encounter, []
    reason = next(iter(item.reasons.values()), "")
    form = ItemForm(
        request.POST or None, instance=item, medicine=item.medicine, warned=bool(reason), initial={"reason": reason}
    )
    if form.is_bound and form.is_valid():
        try:
            change_item(item=item, by=request.user, **form.cleaned_data)
            return redirect("pharmacy:encounter-prescription", encounter.pk)
        except DomainError as error:
            findings = _answer(form, error)
    action = reverse("pharmacy:item-edit", args=[item.pk])
    return _form_page(request, encounter, item.medicine, form, findings, action)


@requires("prescription:create")
@require_POST
@exactly_once
def item_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    item = item_or_404(request, pk)
    remove_item(item=item, by=request.user)
    return redirect("pharmacy:encounter-prescription", item.prescription.encounter_id)


@requires("prescription:create")
@require_POST
@exactly_once
def prescription_sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    prescription = prescription_or_404(request, pk)
    try:
        signed = sign_prescription(prescription=prescription, by=request.user, reasons=_reasons(request, prescription))
    except DomainError as error:
        context = encounter_panel(request, prescription.encounter) | {"sign_error": error}
        return _panel_or_page(request, prescription.encounter, context, status=422)
    messages.success(request, _("Prescription %(number)s was sent to the pharmacy.") % {"number": signed.label})
    return redirect("pharmacy:encounter-prescription", prescription.encounter_id)


@requires("prescription:create")
@exactly_once
def item_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    item = item_or_404(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        stop_item(item=item, by=request.user, **form.cleaned_data)
        messages.success(request, _("The medicine was stopped."))
        return redirect("pharmacy:encounter-prescription", item.prescription.encounter_id)
    return _reason_page(request, item.prescription, form, item=item)


@requires("prescription:create")
@exactly_once
def prescription_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    prescription = prescription_or_404(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        stop_prescription(prescription=prescription, by=request.user, **form.cleaned_data)
        messages.success(request, _("The prescription was stopped."))
        return redirect("pharmacy:encounter-prescription", prescription.encounter_id)
    return _reason_page(request, prescription, form)


@requires("prescription:create")
@require_POST
@exactly_once
def prescription_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    prescription = prescription_or_404(request, pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        answer_query(prescription=prescription, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your answer was sent to the pharmacy."))
        return redirect("pharmacy:encounter-prescription", prescription.encounter_id)
    context = encounter_panel(request, prescription.encounter) | {"answer_form": form}
    return _panel_or_page(request, prescription.encounter, context, status=422)


def _usual(medicine: Medicine) -> dict[str, object]:
    """What the form starts with: one counted unit by the medicine's first route."""
    return {
        "dose": 1,
        "dose_unit": medicine.dose_unit,
        "route": medicine.routes[0],
        "frequency": "TDS",
        "duration_days": 5,
    }


def _answer(form: ItemForm, error: DomainError) -> list:
    """Show the refusal in the form; the warnings it is about are shown above it."""
    if not isinstance(error, OverrideReasonMissing):
        add_domain_error(form, error)
        return []
    form.ask_reason()
    form.add_error("reason", error.message)
    return error.findings


def _reasons(request: HttpRequest, prescription: Prescription) -> dict[UUID, str]:
    keys = prescription.items.values_list("pk", flat=True)
    return {pk: request.POST.get(f"reason_{pk}", "")[:500] for pk in keys}


def _form_page(
    request: HttpRequest, encounter: Encounter, medicine: Medicine, form: ItemForm, findings: list, action: str
) -> HttpResponse:
    context = {
        "encounter": encounter,
        "medicine": medicine,
        "form": form,
        "action": action,
        "findings": [one for one in findings if not one.is_quiet],
        "notes": [one for one in findings if one.is_quiet],
        "available": available_units(encounter.branch, [medicine.pk]).get(medicine.pk, 0),
    }
    status = 422 if form.is_bound else 200
    response = render_page(request, "pharmacy/prescribing/item.html", context, fragment="form", status=status)
    if form.is_bound:  # the form is sent to repaint the whole panel; refused, it stays where it stands
        response["HX-Retarget"], response["HX-Reswap"] = "#rx-item", "innerHTML"
    return response


def _panel_or_page(request: HttpRequest, encounter: Encounter, context: dict, *, status: int) -> HttpResponse:
    template = PANEL if wants_fragment(request) else PAGE
    return render(request, template, context | {"encounter": encounter}, status=status)


def _reason_page(
    request: HttpRequest, prescription: Prescription, form: ReasonForm, item: PrescriptionItem | None = None
) -> HttpResponse:
    context = {"prescription": prescription, "item": item, "form": form, "encounter": prescription.encounter}
    return render(request, "pharmacy/prescribing/stop.html", context, status=422 if form.is_bound else 200)


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return UUID(int=0)
