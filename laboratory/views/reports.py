from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from audit.services import record_printing, record_reading
from core.pdf import pdf_response
from core.rates import rated
from laboratory.charting import curve
from laboratory.models import Test
from laboratory.papers import report_pdf
from laboratory.presentation import present
from laboratory.queries.results import published_orders, trends
from patients.banner import banner_of
from patients.queries import visible_patients

LANGUAGES = ("en", "km", "zh-hans")


@rated("paper")
@requires("lab_result:view")
@require_GET
def order_report(request, pk):
    """The report as PDF in the asked-for language; only what is released."""
    order = get_object_or_404(
        published_orders(request.user).select_related("patient", "ordered_by", "visit__branch"), pk=pk
    )
    record_printing("laboratory:order-report", patient_id=order.patient_id)
    language = request.GET.get("language", "")
    pdf = report_pdf(order, hospital=request.hospital, language=language if language in LANGUAGES else get_language())
    return pdf_response(pdf, f"laboratory-{order.number}.pdf")


@requires("lab_result:view")
@require_GET
def result_trend(request, patient_pk, test_pk):
    """All results of one test of one patient, as curve and table."""
    patient = get_object_or_404(visible_patients(request.user), pk=patient_pk)
    test = get_object_or_404(Test, pk=test_pk)
    record_reading(patient.pk, "laboratory trend")
    results = trends(patient, [test]).get(test.pk, [])
    for result in results:
        result.item.test = test
    context = {
        "banner": banner_of(patient),
        "patient": patient,
        "test": test,
        "chart": curve(test, results) if test.is_number and results else None,
        "results": present(reversed(results)),
    }
    return render(request, "laboratory/result/trend.html", context)
