"""The catalogue a hospital starts with, ranges by sex and age, and its screens."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from billing.queries.catalogue import price_in_force
from core.once import new_key
from laboratory.models import Answer, Panel, ReferenceRange
from laboratory.models import Test as LabTest
from laboratory.queries.catalogue import find_orderable, search_tests
from laboratory.ranges import range_for
from laboratory.services.loading import load_catalogue

pytestmark = pytest.mark.django_db


def test_a_new_hospital_has_tests_panels_choices_and_prices():
    assert LabTest.objects.count() == 189
    assert Panel.objects.count() == 16
    assert Answer.objects.filter(answer_set__code="POSNEG").count() == 3
    assert price_in_force("LAB-HGB").currency == "USD"
    assert price_in_force("LABP-CBC").amount == Decimal("4.00")


def test_every_test_and_panel_has_a_name_in_three_languages_and_a_price():
    for one in [*LabTest.objects.all(), *Panel.objects.all()]:
        assert all([one.name_en, one.name_km, one.name_zh_hans]), one.code
        assert price_in_force(one.charge_code), one.code


def test_loading_again_changes_nothing():
    LabTest.objects.filter(code="HGB").update(critical_low=Decimal("6.5"))
    ReferenceRange.objects.filter(test__code="HGB", sex="male").delete()
    before = ReferenceRange.objects.count()
    load_catalogue()
    assert LabTest.objects.get(code="HGB").critical_low == Decimal("6.5")
    assert (LabTest.objects.count(), ReferenceRange.objects.count()) == (189, before)


def test_loinc_check_digits_are_right():
    for code in LabTest.objects.exclude(loinc="").values_list("loinc", flat=True):
        digits, check = code.split("-")
        doubled = [int(d) * (2 - place % 2) for place, d in enumerate(reversed(digits))]
        assert (10 - sum(sum(divmod(d, 10)) for d in doubled) % 10) % 10 == int(check), code


def test_ranges_of_one_sex_never_overlap():
    seen: dict = {}
    for span in ReferenceRange.objects.order_by("test", "sex", "age_from"):
        end = seen.get((span.test_id, span.sex), 0)
        assert end is not None, span
        assert end <= span.age_from, span
        seen[span.test_id, span.sex] = span.age_to


@pytest.mark.parametrize(
    ("sex", "days", "low"),
    [("male", 0, "13.5"), ("male", 6, "13.5"), ("male", 7, "9.5"), ("male", 364, "9.5"), ("male", 365, "11.5")]
    + [("male", 6573, "11.5"), ("male", 6574, "14"), ("female", 6574, "12"), ("male", 40000, "14")],
)
def test_the_range_follows_sex_and_age_in_days(sex, days, low):
    spans = list(ReferenceRange.objects.filter(test__code="HGB"))
    assert range_for(spans, sex=sex, age_days=days).low == Decimal(low)


def test_of_unknown_sex_only_ranges_for_any_hold():
    spans = list(ReferenceRange.objects.filter(test__code="HGB"))
    assert range_for(spans, sex="unknown", age_days=9000) is None
    assert range_for(spans, sex="unknown", age_days=400).low == Decimal("11.5")


@pytest.mark.parametrize("text", ["hgb", "Hemoglobin", "血红蛋白", "អេមូក្លូប៊ីន", "718-7"])
def test_a_test_is_found_by_code_loinc_and_any_language(text):
    for language in ("en", "km", "zh-hans"):
        with translation.override(language):
            assert "HGB" in {test.code for test in search_tests(text)}


def test_the_doctors_search_finds_panels_and_hides_what_is_not_offered():
    panels, _tests = find_orderable("blood count")
    assert {"CBC", "CBCD"} <= {panel.code for panel in panels}
    LabTest.objects.filter(code="HGB").update(active=False)
    assert "HGB" not in {test.code for test in find_orderable("hgb")[1]}


# --- Screens ----------------------------------------------------------------------------------------------------------
def test_the_list_shows_the_notice_of_loinc_and_searches(client_for):
    page = client_for("labtech").get(reverse("laboratory:test-list"), {"q": "potassium"})
    assert page.status_code == 200
    assert "Regenstrief" in page.content.decode()
    assert ">K<" in page.content.decode()


def test_the_list_needs_the_same_queries_for_one_row_and_many(client_for, query_count):
    client = client_for("labtech")
    client.get(reverse("laboratory:test-list"))
    counts = []
    for text in ("718-7", ""):
        with query_count() as queries:
            client.get(reverse("laboratory:test-list"), {"q": text})
        counts.append(queries.count)
    assert counts[0] == counts[1]


def test_only_those_who_may_edit_the_catalogue(client_for):
    test = LabTest.objects.get(code="K")
    assert client_for("doctor").get(reverse("laboratory:test-edit", args=[test.pk])).status_code == 403
    assert client_for("cashier").get(reverse("laboratory:test-list")).status_code == 403


def form_of(page) -> dict:
    """What a browser would send of the page's form."""
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in data.items() if value not in (None, False)} | {"_once": new_key()}


def test_a_new_price_and_limit_are_saved(client_for):
    client, test = client_for("labtech"), LabTest.objects.get(code="K")
    url = reverse("laboratory:test-edit", args=[test.pk])
    data = form_of(client.get(url)) | {"price": "3.25", "currency": "USD", "critical_high": "6.2"}
    assert client.post(url, data).status_code == 302
    test.refresh_from_db()
    assert (test.critical_high, price_in_force("LAB-K").amount) == (Decimal("6.2"), Decimal("3.25"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("critical_low", "9"),
        ("price", "-1"),
        ("loinc", "garbage"),
        ("decimals", "9"),
        ("plausible_high", "abc"),
        ("code", ""),
    ],
)
def test_impossible_limits_and_prices_are_refused_beside_the_field(client_for, field, value):
    client, test = client_for("labtech"), LabTest.objects.get(code="K")
    url = reverse("laboratory:test-edit", args=[test.pk])
    answer = client.post(url, form_of(client.get(url)) | {field: value})
    if field == "code":  # the code of an existing test is not read from the form
        assert answer.status_code == 302
        assert LabTest.objects.get(pk=test.pk).code == "K"
        return
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_a_range_that_contradicts_another_is_refused(client_for):
    client, test = client_for("labtech"), LabTest.objects.get(code="HGB")
    url = reverse("laboratory:range-new", args=[test.pk])
    data = {"sex": "any", "age_from": "300", "age_to": "400", "low": "10", "high": "12", "_once": new_key()}
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert "age_from" in answer.context["form"].errors
    assert not test.ranges.filter(age_from=300).exists()


@pytest.mark.parametrize(
    "changes", [{"low": "12", "high": "10"}, {"age_to": "20"}, {"low": "", "high": ""}, {"age_from": "-1"}]
)
def test_impossible_ranges_are_refused(client_for, changes):
    client, test = client_for("labtech"), LabTest.objects.get(code="ABORH")
    url = reverse("laboratory:range-new", args=[test.pk])
    data = {"sex": "male", "age_from": "20", "age_to": "40", "low": "10", "high": "12", "_once": new_key()}
    assert client.post(url, data | changes).status_code == 422
    assert not test.ranges.exists()


def test_ranges_are_shown_as_unconfirmed_until_the_laboratory_confirms_them(client_for):
    client, test = client_for("labtech"), LabTest.objects.get(code="K")
    url = reverse("laboratory:test-detail", args=[test.pk])
    assert "to be confirmed by the hospital" in client.get(url).content.decode()
    client.post(reverse("laboratory:test-confirm", args=[test.pk]), {"_once": new_key()})
    assert "to be confirmed by the hospital" not in client.get(url).content.decode()


def test_the_panels_page_names_their_tests(client_for):
    page = client_for("labtech").get(reverse("laboratory:panel-list")).content.decode()
    assert re.search(r"CBC\b", page)
    assert "HGB" in page
