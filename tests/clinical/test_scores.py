"""NEWS2 and body mass index against their published tables."""

from decimal import Decimal

import pytest

from clinical.scores import bmi, missing_for_news2, news2, news2_applies

FINE = {
    "respiration": Decimal(16),
    "spo2": Decimal(98),
    "systolic": Decimal(122),
    "pulse": Decimal(72),
    "temperature": Decimal("37.0"),
    "consciousness": "A",
}


def score(on_oxygen=False, spo2_scale=1, **changed):
    typed = {sign: value if sign == "consciousness" else Decimal(str(value)) for sign, value in changed.items()}
    return news2({**FINE, **typed}, on_oxygen=on_oxygen, spo2_scale=spo2_scale)


def test_a_healthy_adult_scores_nothing():
    assert score() == {
        "total": 0,
        "band": "low",
        "scale": 1,
        "parts": {
            "respiration": 0, "systolic": 0, "pulse": 0, "temperature": 0, "spo2": 0, "oxygen": 0, "consciousness": 0,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sign", "points"),
    [
        ("respiration", {8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3}),
        ("spo2", {91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0, 100: 0}),
        ("systolic", {90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3}),
        ("pulse", {40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3}),
        ("temperature", {"35.0": 3, "35.1": 1, "36.0": 1, "36.1": 0, "38.0": 0, "38.1": 1, "39.0": 1, "39.1": 2}),
        ("consciousness", {"A": 0, "C": 3, "V": 3, "P": 3, "U": 3}),
    ],
)
def test_every_boundary_of_the_chart(sign, points):
    assert {value: score(**{sign: value})["parts"][sign] for value in points} == points


@pytest.mark.parametrize(
    ("on_oxygen", "points"),
    [
        (False, {83: 3, 84: 2, 85: 2, 86: 1, 87: 1, 88: 0, 92: 0, 93: 0, 95: 0, 97: 0, 100: 0}),
        (True, {83: 3, 84: 2, 86: 1, 88: 0, 92: 0, 93: 1, 94: 1, 95: 2, 96: 2, 97: 3, 100: 3}),
    ],
)
def test_scale_two_punishes_high_saturation_only_on_oxygen(on_oxygen, points):
    found = {value: score(spo2=value, spo2_scale=2, on_oxygen=on_oxygen)["parts"]["spo2"] for value in points}
    assert found == points


def test_oxygen_adds_two():
    assert score(on_oxygen=True)["total"] == 2


@pytest.mark.parametrize(
    ("changed", "total", "band"),
    [
        ({"pulse": 95, "respiration": 22}, 3, "low"),
        ({"consciousness": "V"}, 3, "low-medium"),
        ({"pulse": 115, "respiration": 22, "temperature": "38.5"}, 5, "medium"),
        ({"systolic": 90, "pulse": 95, "spo2": 94, "temperature": "38.5"}, 6, "medium"),
        ({"systolic": 90, "pulse": 131, "spo2": 94}, 7, "high"),
    ],
)
def test_bands(changed, total, band):
    found = score(**changed)
    assert (found["total"], found["band"]) == (total, band)


def test_an_incomplete_set_has_no_score():
    values = {**FINE, "temperature": None}
    assert news2(values, on_oxygen=False) is None
    assert missing_for_news2(values) == ["temperature"]


def test_not_for_children_nor_in_pregnancy():
    assert news2_applies(age_years=16, pregnant=False)
    assert not news2_applies(age_years=15, pregnant=False)
    assert not news2_applies(age_years=30, pregnant=True)
    assert not news2_applies(age_years=None, pregnant=False)


@pytest.mark.parametrize(
    ("weight", "scheme", "expected"),
    [
        ("46.2", "asian_wpro2000", ("18.5", "normal")),
        ("46.1", "asian_wpro2000", ("18.4", "underweight")),
        ("57.5", "asian_wpro2000", ("23.0", "overweight (at risk)")),
        ("57.5", "who", ("23.0", "normal")),
        ("75", "asian_wpro2000", ("30.0", "obese_2")),
        ("75", "who", ("30.0", "obese_1")),
    ],
)
def test_body_mass_index_and_its_classes(weight, scheme, expected):
    found = bmi(Decimal(weight), Decimal("158.1"), scheme=scheme, age_years=40)
    assert (found["value"], found["class"]) == expected


def test_children_have_no_class_of_body_mass_index():
    assert bmi(Decimal(20), Decimal(110), scheme="who", age_years=6)["class"] == ""
