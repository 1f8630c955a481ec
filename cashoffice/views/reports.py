"""X and Z reports of shifts on paper, the list of Z reports, and the review of differences."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from audit.services import record_printing
from billing.queries.worklist import visible_shifts
from cashoffice.forms_reports import ReportPrintForm
from cashoffice.models import Variance
from cashoffice.queries.reports import report_for, visible_reports, waiting_variances
from cashoffice.services.reports import review_variance
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.pdf import pdf_response
from core.rates import rated


@requires("voucher:view")
@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """Z reports, newest first, and the differences that wait for this person's review."""
    may_review = request.user.may("variance:review")
    context = {
        "page": paginate(request, visible_reports(request.user)),
        "variances": waiting_variances(request.user)[:20] if may_review else [],
    }
    return render_page(request, "cashoffice/report/list.html", context)


@rated("paper")
@requires("invoice:view")
@require_GET
def shift_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The X report of a running shift, the frozen Z report of a closed one; on A4 or 80 mm, in the chosen language."""
    from cashoffice.printing_reports import report_pdf  # the PDF engine is large

    shift = get_object_or_404(visible_shifts(request.user), pk=pk)
    form = ReportPrintForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {"paper": "a4", "language": request.LANGUAGE_CODE}
    report = report_for(shift, request.user)
    record_printing("cashoffice:shift-report", subject="billing_shift", row_id=shift.pk)
    return pdf_response(report_pdf(report, hospital=request.hospital, **chosen), f"{shift.number}.pdf")


@requires("variance:review")
@require_POST
@exactly_once
def variance_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    variance = get_object_or_404(Variance.objects.select_related("shift"), pk=pk)
    review_variance(variance=variance, note=request.POST.get("reason", "")[:300], by=request.user)
    return redirect("billing:shift-detail", variance.shift_id)
