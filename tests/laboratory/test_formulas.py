"""Results that follow from others."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from laboratory.formulas import Person, compute

VECTORS = Path(__file__).with_name("data") / "egfr_ckdepi2021_vectors.csv"
ADULT = Person("female", 40)


def vectors():
    with VECTORS.open(encoding="utf-8") as source:
        return [tuple(row.values())[:4] for row in csv.DictReader(source)]


@pytest.mark.parametrize(("sex", "age", "creatinine", "expected"), vectors())
def test_filtration_rate_agrees_with_published_vectors(sex, age, creatinine, expected):
    person = Person({"F": "female", "M": "male"}[sex], int(age))
    found = compute("egfr_ckd_epi_2021", {"CREA": Decimal(creatinine)}, person, decimals=2)
    assert abs(found - Decimal(expected)) <= Decimal("0.01")


def test_no_filtration_rate_for_children_and_unknown_sex():
    values = {"CREA": Decimal("0.5")}
    assert compute("egfr_ckd_epi_2021", values, Person("female", 17), decimals=0) is None
    assert compute("egfr_ckd_epi_2021", values, Person("unknown", 40), decimals=0) is None


def test_ldl_is_not_computed_from_very_high_triglycerides():
    values = {"CHOL": Decimal(200), "HDL": Decimal(50), "TRIG": Decimal(150)}
    assert compute("ldl_friedewald", values, ADULT, decimals=0) == 120
    assert compute("ldl_friedewald", {**values, "TRIG": Decimal(400)}, ADULT, decimals=0) is None


def test_nothing_is_computed_while_an_input_is_missing_or_contradicts():
    assert compute("bilirubin_indirect", {"TBIL": Decimal(1)}, ADULT, decimals=1) is None
    assert compute("bilirubin_indirect", {"TBIL": Decimal(1), "DBIL": Decimal(2)}, ADULT, decimals=1) is None
    assert compute(
        "bilirubin_indirect", {"TBIL": Decimal("1.2"), "DBIL": Decimal("0.3")}, ADULT, decimals=1
    ) == Decimal("0.9")
    assert compute("unheard_of", {}, ADULT, decimals=1) is None
