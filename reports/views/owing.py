"""What patients owe, by age: the buckets, the invoices behind them, and those as a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_export
from core.clock import today
from core.htmx import render_page
from core.money import quantize
from core.paging import paginate
from core.tables import csv_response, csv_table
from reports.forms import AgeingForm
from reports.queries.money.ageing import age_of, ageing, owing_invoices


@requires("money_report:view")
@require_GET
def owing(request: HttpRequest) -> HttpResponse:
    form, branch, bucket = _asked(request)
    day = today()
    page = paginate(request, owing_invoices(day, bucket=bucket, branch=branch).select_related("branch"))
    context = {
        "form": form,
        "buckets": ageing(day, branch=branch),
        "bucket": bucket,
        "branch": branch,
        "page": page,
        "rows": [(invoice, age_of(invoice.issued_at, day)) for invoice in page],
    }
    return render_page(request, "reports/money/owing.html", context)


@requires("money_report:export")
@requires_step_up
@require_GET
def owing_file(request: HttpRequest) -> HttpResponse:
    """Every owing invoice as CSV: numbers and amounts, no names."""
    _form, branch, bucket = _asked(request)
    day = today()
    found = owing_invoices(day, bucket=bucket, branch=branch)
    record_export("reports:money", subject="billing_invoice", report="owing", on=f"{day}")
    known = found.values_list("number", "branch__code", "issued_at", "currency", "owes")
    rows = (
        [number, code, age_of(issued, day), currency, quantize(owes, currency)]
        for number, code, issued, currency, owes in known
    )
    heads = [_("Invoice"), _("Branch"), _("Days since issue"), _("Currency"), _("Owed")]
    return csv_response(csv_table(heads, rows), f"owing-{day:%Y%m%d}.csv")


def _asked(request: HttpRequest) -> tuple[AgeingForm, UUID | None, int | None]:
    form = AgeingForm(request.GET)
    form.full_clean()
    branch = form.cleaned_data.get("branch")
    return form, branch.pk if branch else None, form.cleaned_data.get("bucket")
