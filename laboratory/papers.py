"""Papers of the laboratory: labels for tubes and the report. Typst sources under templates/print/laboratory."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock
from core.pdf import code128_svg, letterhead, render_pdf
from laboratory.models import Order, ReferenceRange, Specimen
from laboratory.presentation import Shown, present
from laboratory.queries.results import released_results
from laboratory.states import ItemState
from patients.states import Precision


def label_pdf(specimens: Sequence[Specimen]) -> bytes:
    """Labels of 50 x 25 mm, one a tube: Code 128 of the accession number, two identifiers, tests."""
    return render_pdf("laboratory/labels.typ", {"labels": [_label(specimen) for specimen in specimens]})


def report_pdf(order: Order, *, hospital: Any, language: str) -> bytes:
    """The released results of an order in one language, the patient's name in both scripts, flags in words as well."""
    with translation.override(language):
        return render_pdf("laboratory/report.typ", _report(order, hospital), language=language)


def _label(specimen: Specimen) -> dict[str, Any]:
    patient = specimen.patient
    items = specimen.items.exclude(state=ItemState.CANCELLED).select_related("test")
    return {
        "accession": specimen.accession,
        "bars": code128_svg(specimen.accession),
        "name": (patient.latin_name or patient.native_name)[:30],
        "native_name": patient.native_name[:30] if patient.latin_name else "",
        "mrn": patient.mrn,
        "birth": _birth(patient),
        "sex": {"male": "M", "female": "F"}.get(patient.sex, "–"),
        "container": specimen.container.code,
        "tests": " ".join(item.test.code for item in items)[:60],
        "collected": _moment(specimen.collected_at),
        "urgent": specimen.order.is_urgent,
    }


def _report(order: Order, hospital: Any) -> dict[str, Any]:
    patient, shown = order.patient, present(released_results(order))
    names = [patient.native_name, patient.latin_name]
    return {
        "hospital": letterhead(hospital, order.visit.branch),
        "number": order.number,
        "note": _("This report contains codes of LOINC®, copyright Regenstrief Institute, Inc."),
        "names": names if get_language() == "km" else names[::-1],
        "mrn": patient.mrn,
        "sex": patient.get_sex_display(),
        "age": str(patient.age),
        "birth": _birth(patient),
        "ordered": _moment(order.ordered_at),
        "doctor": str(order.ordered_by),
        "printed": _moment(clock.now()),
        "corrected": any(one.result.is_correction for one in shown),
        "unconfirmed": ReferenceRange.objects.filter(test__in=[one.test for one in shown], confirmed=False).exists(),
        "sections": _sections(shown),
    }


def _sections(shown: Sequence[Shown]) -> list[dict[str, Any]]:
    sections: dict[str, list[dict[str, Any]]] = {}
    for one in shown:
        sections.setdefault(one.test.section.name, []).append(_line(one))
    return [{"name": name, "lines": lines} for name, lines in sections.items()]


def _line(one: Shown) -> dict[str, Any]:
    result = one.result
    return {
        "test": one.test.name,
        "value": one.value,
        "unit": one.unit,
        "range": one.range,
        "flag": f"{one.flag} {one.flag_words}" if one.is_out_of_range else "",
        "strong": one.is_out_of_range,
        "comment": result.comment,
        "version": _("Corrected, version %(version)d") % {"version": result.version} if result.is_correction else "",
        "verified": f"{result.verified_by} · {_moment(result.verified_at)}",
        "collected": _moment(result.specimen.collected_at),
    }


def _moment(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _birth(patient: Any) -> str:
    born = patient.birth_date
    return f"{born:%Y-%m-%d}" if patient.birth_date_precision == Precision.DAY else f"{born:%Y}"
