"""The pharmacist's page of one prescription: review, prepare, check, hand over. One page, by keyboard."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from audit.services import record_reading
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from patients.banner import banner_of
from pharmacy.errors import NoStore, NothingAllocated
from pharmacy.forms.dispensing import HandOverForm, QuestionForm, ReturnForm, prepare_rows
from pharmacy.models import Prescription
from pharmacy.presentation import dispense_page
from pharmacy.queries.prescriptions import items_of, outstanding_items, visible_lines
from pharmacy.queries.stock import batches_by_medicine, store_of
from pharmacy.services.dispensing import cancel_dispense, check_dispense, prepare_dispense, review_prescription
from pharmacy.services.handing_over import hand_over
from pharmacy.services.questions import query_prescription
from pharmacy.services.returns import return_medicine
from pharmacy.views.access import dispense_or_404, prescription_or_404

TEMPLATE = "pharmacy/prescription/detail.html"


@requires("dispense:view")
@require_GET
def prescription_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    prescription = prescription_or_404(request, pk)
    record_reading(prescription.patient_id, "pharmacy:prescription-detail")
    return _page(request, prescription)


@requires("dispense:review")
@require_POST
@exactly_once
def prescription_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    prescription = prescription_or_404(request, pk)
    review_prescription(prescription=prescription, by=request.user)
    messages.success(request, _("Reviewed. Now prepare the medicines."))
    return _back(prescription)


@requires("dispense:review")
@require_POST
@exactly_once
def prescription_query(request: HttpRequest, pk: UUID) -> HttpResponse:
    prescription = prescription_or_404(request, pk)
    form = QuestionForm(request.POST)
    if form.is_valid():
        query_prescription(prescription=prescription, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your question was sent to the doctor."))
        return _back(prescription)
    return _page(request, prescription, question_form=form)


@requires("dispense:prepare")
@require_POST
@exactly_once
def dispense_prepare(request: HttpRequest, pk: UUID) -> HttpResponse:
    prescription = prescription_or_404(request, pk)
    location = store_of(prescription.branch)
    if location is None:
        raise NoStore()
    items = outstanding_items(items_of(prescription))
    shelf = batches_by_medicine(location, [item.medicine_id for item in items])
    rows = prepare_rows(items, shelf, request.POST)
    valid = [row.is_valid() for row in rows]
    if all(valid):
        try:
            wishes = [wish for row in rows if (wish := row.wish())]
            if not wishes:
                raise NothingAllocated()
            prepare_dispense(prescription=prescription, location=location, wishes=wishes, by=request.user)
            messages.success(request, _("The medicines are reserved."))
            return _back(prescription)
        except DomainError as error:
            return _page(request, prescription, rows=rows, prepare_error=error)
    return _page(request, prescription, rows=rows)


@requires("dispense:check")
@require_POST
@exactly_once
def dispense_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    dispense = dispense_or_404(request, pk)
    check_dispense(dispense=dispense, by=request.user)
    messages.success(request, _("Second check recorded."))
    return _back(dispense.prescription)


@requires("dispense:prepare")
@require_POST
@exactly_once
def dispense_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    dispense = dispense_or_404(request, pk)
    cancel_dispense(dispense=dispense, reason=request.POST.get("reason", "")[:500], by=request.user)
    messages.success(request, _("The medicines are back on the shelf."))
    return _back(dispense.prescription)


@requires("dispense:hand_over")
@require_POST
@exactly_once
def dispense_hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    dispense = dispense_or_404(request, pk)
    form = HandOverForm(request.POST, items=items_of(dispense.prescription))
    if form.is_valid():
        unpaid_reason = form.cleaned_data["unpaid_reason"]
        if unpaid_reason and not request.user.may("dispense:override_payment"):
            raise PermissionDenied("dispense:override_payment")
        try:
            hand_over(dispense=dispense, by=request.user, reasons=form.reasons(), unpaid_reason=unpaid_reason)
            messages.success(request, _("Handed over. Give the labels and the medicines list to the patient."))
            return _back(dispense.prescription)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, dispense.prescription, hand_over_form=form)


@requires("dispense:return")
@exactly_once
def line_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    line = get_object_or_404(visible_lines(request.user), pk=pk)
    prescription = line.dispense.prescription
    form = ReturnForm(request.POST or None, line=line)
    if form.is_bound and form.is_valid():
        try:
            return_medicine(
                line=line,
                quantity=form.cleaned_data["quantity"],
                to_quarantine=form.cleaned_data["destination"] == "quarantine",
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
            messages.success(request, _("The return is booked and the charge corrected."))
            return _back(prescription)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "line": line, "prescription": prescription, "banner": banner_of(prescription.patient)}
    return render(request, "pharmacy/prescription/return.html", context, status=422 if form.is_bound else 200)


def _back(prescription: Prescription) -> HttpResponse:
    return redirect("pharmacy:prescription-detail", prescription.pk)


def _page(request: HttpRequest, prescription: Prescription, **shown: Any) -> HttpResponse:
    """The page; `shown` are bound forms and refusals, which make it a 422."""
    context = dispense_page(request.user, prescription, **shown)
    return render(request, TEMPLATE, context, status=422 if shown else 200)
