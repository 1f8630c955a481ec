"""Debts: who owes, since when, in which parts, and what they were reminded of."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_printing, record_reading
from billing.forms_debts import PlanForm, ReminderRulesForm
from billing.queries.debts import debts_of, letters_to_print, visible_debts, visible_reminders
from billing.queries.worklist import visible_invoices
from billing.services import instalments
from billing.services.reminders import record_letter
from core.clock import today
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.pdf import pdf_response
from core.rates import rated
from patients.banner import banner_of


@requires("debt:view")
def debt_list(request: HttpRequest) -> HttpResponse:
    """What is overdue, all that is owed, or the letters that wait for a printer."""
    show = request.GET.get("show", "")
    if show == "letters":
        return render_page(
            request,
            "billing/debt/letters.html",
            {"page": paginate(request, letters_to_print(request.user)), "show": show},
        )
    page = paginate(request, visible_debts(request.user, day=today(), overdue=show != "all"))
    context = {"page": page, "rows": debts_of(page, today()), "show": show}
    return render_page(request, "billing/debt/list.html", context)


@requires("debt:agree")
@exactly_once
def plan_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Agree to pay an invoice in parts."""
    invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
    form = PlanForm(request.POST or None, invoice=invoice)
    if request.method == "POST" and form.is_valid():
        try:
            instalments.agree_plan(invoice=invoice, parts=form.parts(), note=form.cleaned_data["note"], by=request.user)
            return redirect("billing:invoice-detail", invoice.pk)
        except DomainError as error:
            add_domain_error(form, error)
    if not invoice.is_owing and not form.is_bound:
        return redirect("billing:invoice-detail", invoice.pk)
    record_reading(invoice.patient_id, "billing.plan")
    context = {"form": form, "invoice": invoice, "banner": banner_of(invoice.patient)}
    return render(request, "billing/debt/plan.html", context, status=422 if form.is_bound else 200)


@requires("debt:agree")
@require_POST
@exactly_once
def plan_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan counts no longer."""
    invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
    instalments.end_plan(invoice=invoice, by=request.user)
    return redirect("billing:invoice-detail", invoice.pk)


@requires("receipt:print")
@require_POST
@exactly_once
def letter_print(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note that the letter is printed, then show it."""
    reminder = get_object_or_404(visible_reminders(request.user), pk=pk)
    record_letter(reminder=reminder, by=request.user)
    return redirect("billing:reminder-paper", reminder.pk)


@rated("paper")
@requires("receipt:print")
def reminder_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A reminder as a letter, in the patient's language."""
    from billing.printing_reminders import reminder_pdf  # the PDF engine is large

    reminder = get_object_or_404(visible_reminders(request.user), pk=pk)
    record_printing("billing:reminder-paper", patient_id=reminder.invoice.patient_id)
    paper = "a5" if request.GET.get("paper") == "a5" else "a4"
    pdf = reminder_pdf(reminder, paper=paper, hospital=request.hospital)
    return pdf_response(pdf, f"{reminder.invoice.number}-{reminder.level}.pdf")


@requires("debt:manage")
@requires_step_up
@exactly_once
def reminder_rules(request: HttpRequest) -> HttpResponse:
    """When patients are reminded of what is overdue."""
    form = ReminderRulesForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.store(by=request.user):
        messages.success(request, _("The rules were changed."))
        return redirect("billing:debt-list")
    return render(request, "billing/debt/rules.html", {"form": form}, status=422 if form.is_bound else 200)
