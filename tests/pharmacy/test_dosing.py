"""Doses have one written form, in every language, and quantities follow from them."""

from decimal import Decimal as D

import pytest
from django.utils.translation import override

from pharmacy import dosing
from pharmacy.models import Medicine, PrescriptionItem


def tablet(**changes):
    fields = {
        "code": "T",
        "name_en": "Testamol",
        "inn": "testamol",
        "atc": "N02BE01",
        "form": "tablet",
        "unit": "tablet",
        "routes": ["oral"],
        "dose_unit": "tablet",
        "doses_per_unit": D(1),
        "content": D(500),
        "content_unit": "mg",
    }
    return Medicine(**{**fields, **changes})


def item(medicine=None, **changes):
    fields = {
        "dose": D(1),
        "dose_unit": "tablet",
        "frequency": "TDS",
        "route": "oral",
        "duration_days": 5,
        "quantity": 15,
    }
    return PrescriptionItem(medicine=medicine or tablet(), **{**fields, **changes})


@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
@pytest.mark.parametrize(
    ("value", "text"),
    [("0.5", "0.5"), ("10.0000", "10"), ("2.2500", "2.25"), ("100", "100"), ("100000", "100000"), ("0.0100", "0.01")],
)
def test_a_number_has_a_leading_zero_no_trailing_zero_and_a_point_in_every_language(language, value, text):
    with override(language):
        assert dosing.plain_number(D(value)) == text


def test_units_that_are_misread_stand_in_words():
    assert dosing.dose_text(D(10), "IU") == "10 international units"
    assert dosing.dose_text(D(50), "mcg") == "50 microgram"
    assert dosing.dose_text(D("0.5"), "tablet") == "0.5 tablet"
    assert dosing.dose_text(D(2), "tablet") == "2 tablets"


def test_a_label_says_the_dose_as_figure_and_word():
    assert dosing.directions(item()) == "Take 1 (one) tablet by mouth three times a day for 5 days."
    half = item(dose=D("0.5"), frequency="OD", duration_days=1)
    assert dosing.directions(half) == "Take 0.5 (one half) tablet by mouth once a day for 1 day."
    needed = item(as_needed=True)
    assert "only when needed" in dosing.directions(needed)
    assert dosing.directions(item(frequency="STAT")) == "Take 1 (one) tablet by mouth now, one time only."


@pytest.mark.parametrize(
    ("medicine", "order", "units"),
    [
        ({}, {}, 15),
        ({}, {"dose": D("0.5"), "frequency": "BD"}, 5),
        ({}, {"dose": D(1000), "unit": "mg", "frequency": "QDS", "days": 3}, 24),
        ({}, {"frequency": "STAT"}, 1),
        ({}, {"frequency": "EOD", "days": 7}, 4),
        ({}, {"frequency": "WEEKLY", "days": 28}, 4),
        (
            {"unit": "vial", "dose_unit": "vial", "content": D(1000)},
            {"dose": D(750), "unit": "mg", "frequency": "BD"},
            10,
        ),
        ({"unit": "vial", "dose_unit": "IU", "doses_per_unit": D(1000)}, {"dose": D(12), "unit": "IU", "days": 30}, 2),
        ({"unit": "inhaler", "dose_unit": "puff", "doses_per_unit": D(200)}, {"dose": D(2), "unit": "puff"}, 1),
        ({"unit": "tube", "dose_unit": "application", "doses_per_unit": None}, {"unit": "application"}, None),
    ],
)
def test_the_quantity_is_whole_units_for_the_course(medicine, order, units):
    wanted = {"dose": D(1), "unit": "tablet", "frequency": "TDS", "days": 5, **order}
    assert dosing.needed_quantity(tablet(**medicine), **wanted) == units


def test_doses_convert_inside_one_scale_only():
    assert dosing.convert(D("0.5"), "g", "mg") == 500
    assert dosing.convert(D(2), "MIU", "IU") == 2_000_000
    assert dosing.convert(D(1), "mg", "IU") is None
