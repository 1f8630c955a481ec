"""The report: only what is released, both scripts, flags in words, corrections marked, in every language."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from laboratory.services.corrections import correct_result
from laboratory.services.entry import Entry
from tests.factories import laboratory as lab
from tests.factories import patients

pytestmark = pytest.mark.django_db


def report(client, order, language=""):
    answer = client.get(reverse("laboratory:order-report", args=[order.pk]), {"language": language} if language else {})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def a_patient():
    return patients.patient(
        family_name="Chea", given_name="Sopheap", native_family_name="ជា", native_given_name="សុភាព", sex="male"
    )


def test_the_report_names_patient_values_ranges_and_flags_in_words(client_for):
    encounter = lab.encounter(patients.visit(patient=a_patient()))
    specimen = lab.submitted({"K": "7.1", "NA": "140"}, encounter=encounter)
    lab.verify(specimen)
    text = report(client_for("doctor"), specimen.order, "en")
    for words in (
        "Laboratory report",
        "Chea Sopheap",
        encounter.patient.mrn,
        "7.1",
        "Critically high",
        "3.5–5.3",
        "140",
    ):
        assert words in text, words
    assert specimen.order.number in text


def test_what_is_not_released_is_not_on_the_report(client_for):
    specimen = lab.received("K", "NA")
    lab.typed(specimen, {"K": "4.5", "NA": ""}, submit=True)
    lab.verify(specimen)
    lab.typed(specimen, {"NA": "155"}, submit=True)
    text = report(client_for("doctor"), specimen.order)
    assert "4.5" in text
    assert "155" not in text


def test_a_corrected_report_says_so_and_shows_the_new_value_only(client_for):
    specimen = lab.released({"K": "4.7"})
    correct_result(item=lab.item_of(specimen, "K"), entry=Entry("5.2"), reason="x", by=lab.person("labtech"))
    lab.verify(specimen)
    text = report(client_for("doctor"), specimen.order, "en")
    assert "Corrected" in text
    assert "5.2" in text
    assert "4.7" not in text


@pytest.mark.parametrize("language", ["en", "km", "zh-hans", "xx"])
def test_the_report_is_printed_in_every_language(client_for, language):
    encounter = lab.encounter(patients.visit(patient=a_patient()))
    specimen = lab.released({"K": "7.1", "HBSAG": "R"}, encounter=encounter)
    assert "7.1" in report(client_for("doctor"), specimen.order, language)


def test_who_may_not_print_the_report(client_for):
    order = lab.released({"K": "4.5"}).order
    assert client_for("cashier").get(reverse("laboratory:order-report", args=[order.pk])).status_code == 403


def test_the_chart_shows_the_latest_results_and_a_curve(client_for):
    first = lab.released({"K": "4.0"})
    lab.released({"K": "4.4"}, encounter=first.order.encounter, again=True)
    chart = reverse("patients:patient-detail", args=[first.patient_id])
    page = client_for("doctor").get(f"{chart}?whole").content.decode()
    assert "4.4" in page
    assert "Laboratory results" in page
    assert "data-chart" in page
    trend = reverse("laboratory:result-trend", args=[first.patient_id, lab.item_of(first, "K").test_id])
    text = client_for("doctor").get(trend).content.decode()
    assert "4.0" in text
    assert "4.4" in text
    assert "data-chart" in text
