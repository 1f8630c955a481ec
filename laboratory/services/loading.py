"""Filling a new hospital's catalogue from laboratory/data (sources in its README). Loading again changes nothing."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from billing.models import Category
from billing.services.catalogue import Offer, load_prices
from core.money import USD
from laboratory.models import (
    Answer,
    AnswerSet,
    Container,
    Panel,
    PanelMember,
    ReferenceRange,
    Section,
    SpecimenType,
    Test,
)

# Prices of the start hold since ever, so that visits of days before the hospital was set up can be entered.
PRICED_FROM = date(2020, 1, 1)
DATA = Path(__file__).resolve().parents[1] / "data"
Row = dict[str, str]


@transaction.atomic
def load_catalogue() -> None:
    """Add the sections, tubes, choices, tests, panels, ranges and prices that this hospital does not have yet."""
    _load_named(Section, "sections", position=int)
    _load_named(SpecimenType, "specimen_types")
    _load_named(Container, "containers", colour=str)
    _load_answers()
    new_tests = _load_tests()
    _load_ranges(new_tests)
    _load_panels()


def _rows(name: str) -> Iterator[Row]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source)


def _names(row: Row, prefix: str = "name") -> dict[str, str]:
    return {
        "name_en": row[f"{prefix}_en"],
        "name_km": row[f"{prefix}_km"] or row[f"{prefix}_en"],
        "name_zh_hans": row[f"{prefix}_zh"] or row[f"{prefix}_en"],
    }


def _by_code(model: type[Any]) -> dict[str, Any]:
    return {one.code: one for one in model.objects.all()}


def _load_named(model: type[Any], name: str, **columns: Any) -> None:
    known = _by_code(model)
    model.objects.bulk_create(
        model(code=row["code"], **_names(row), **{column: kind(row[column]) for column, kind in columns.items()})
        for row in _rows(name)
        if row["code"] not in known
    )


def _load_answers() -> None:
    known, new = _by_code(AnswerSet), {}
    for row in _rows("answers"):
        if row["set"] not in known and row["set"] not in new:
            new[row["set"]] = AnswerSet(code=row["set"], **_names(row, "set"))
    AnswerSet.objects.bulk_create(new.values())
    Answer.objects.bulk_create(
        Answer(
            answer_set=new[row["set"]],
            code=row["code"],
            position=int(row["position"]),
            abnormal=row["abnormal"] == "1",
            **_names(row),
        )
        for row in _rows("answers")
        if row["set"] in new
    )


def _load_tests() -> dict[str, Test]:
    known = _by_code(Test)
    kinds = {column: _by_code(model) for column, model in _PARENTS.items()}
    rows = [row for row in _rows("lab_tests") if row["code"] not in known]
    tests = [_test(row, kinds) for row in rows]
    Test.objects.bulk_create(tests)
    _price((test, row["price_usd"]) for test, row in zip(tests, rows, strict=True))
    return {test.code: test for test in tests}


_PARENTS = {"section": Section, "specimen_type": SpecimenType, "container": Container, "answer_set": AnswerSet}


def _test(row: Row, kinds: dict[str, dict[str, Any]]) -> Test:
    parents = {column: kinds[column][row[column]] for column in _PARENTS if row[column]}
    return Test(
        code=row["code"],
        **_names(row),
        **parents,
        loinc=row["loinc"],
        value_type=row["value_type"],
        unit=row["unit"],
        decimals=int(row["decimals"]),
        formula=row["formula"],
        plausible_low=_decimal(row["plausible_low"]),
        plausible_high=_decimal(row["plausible_high"]),
        critical_low=_decimal(row["critical_low"]),
        critical_high=_decimal(row["critical_high"]),
        limits_source=row["limits_source"],
        delta_percent=int(row["delta_percent"]) if row["delta_percent"] else None,
        turnaround_minutes=int(row["turnaround_minutes"]),
        position=int(row["position"]),
    )


def _load_ranges(tests: dict[str, Test]) -> None:
    """Only for tests added now: a hospital's own ranges are never touched."""
    ReferenceRange.objects.bulk_create(
        ReferenceRange(
            test=tests[row["test_code"]],
            sex=row["sex"],
            age_from=int(row["age_min_days"] or 0),
            age_to=int(row["age_max_days"]) if row["age_max_days"] else None,
            low=_decimal(row["low"]),
            high=_decimal(row["high"]),
            source=row["source"][:250],
        )
        for row in _rows("lab_reference_ranges")
        if row["test_code"] in tests
    )


def _load_panels() -> None:
    known, tests = _by_code(Panel), _by_code(Test)
    rows = [row for row in _rows("lab_panels") if row["code"] not in known]
    panels = [Panel(code=row["code"], loinc=row["loinc"], **_names(row)) for row in rows]
    Panel.objects.bulk_create(panels)
    PanelMember.objects.bulk_create(
        PanelMember(panel=panel, test=tests[code], position=place * 10)
        for panel, row in zip(panels, rows, strict=True)
        for place, code in enumerate(row["members"].split(), start=1)
    )
    _price((panel, row["price_usd"]) for panel, row in zip(panels, rows, strict=True))


def _price(offered: Iterable[tuple[Test | Panel, str]]) -> None:
    offers = [
        Offer(
            code=service.charge_code,
            names={"en": service.name_en, "km": service.name_km, "zh-hans": service.name_zh_hans},
            category=Category.LABORATORY,
            amount=Decimal(amount),
            currency=USD,
        )
        for service, amount in offered
    ]
    load_prices(offers, valid_from=PRICED_FROM)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
