"""The hospital's formulary: loaded once from the files beside, then its own."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import User
from billing.models import Category
from billing.services.catalogue import Offer, load_prices, set_price
from core.clock import today
from core.models import lock_current
from pharmacy.models import Interaction, Medicine
from pharmacy.services.locations import open_all_locations

DATA = Path(__file__).resolve().parent.parent / "data"
LANGUAGES = ("en", "km", "zh_hans")
_TEXTS = ("inn", "brand_names", "atc", "atc_name", "form", "strength", "unit", "unit_size", "dose_unit")
_NUMBERS = ("doses_per_unit", "content", "max_daily_dose")


@transaction.atomic
def load_formulary() -> int:
    """Bring medicines with starting prices, interactions and locations into the hospital; return how many medicines.

    What the hospital has already is left as it is: its own catalogue always wins. Safe to run again.
    """
    known = set(Medicine.objects.values_list("code", flat=True))
    rows = [row for row in _rows("medicines.csv") if row["code"] not in known]
    medicines = Medicine.objects.bulk_create(_medicine(row) for row in rows)
    offers = [
        Offer(medicine.price_code, _service_names(medicine), Category.PHARMACY, Decimal(row["price"]), row["currency"])
        for medicine, row in zip(medicines, rows, strict=True)
    ]
    load_prices(offers, valid_from=today())
    _load_interactions()
    open_all_locations()
    return len(medicines)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _medicine(row: dict[str, str]) -> Medicine:
    values: dict[str, Any] = {name: row[name] for name in _TEXTS}
    values |= {name: Decimal(row[name]) if row[name] else None for name in _NUMBERS}
    values |= {f"name_{language}": row[f"name_{language}"] or None for language in LANGUAGES}
    return Medicine(
        code=row["code"],
        component_atc=row["component_atc"].split(),
        routes=row["routes"].split("|"),
        content_unit=row["content_unit"],
        max_daily_unit=row["max_daily_unit"],
        default_dose=row["default_dose"],
        high_alert=row["high_alert"] == "yes",
        controlled=row["controlled"] == "yes",
        reorder_level=int(row["reorder_level"]),
        source="\n".join(row[name] for name in ("inn_source", "strength_form_source", "atc_source", "own_notes")),
        **values,
    )


def set_medicine_price(*, medicine: Medicine, amount: Decimal, currency: str, by: User | None = None) -> None:
    """Set the price of one unit of issue from today on."""
    names = _service_names(medicine)
    set_price(code=medicine.price_code, amount=amount, currency=currency, name=names, category=Category.PHARMACY, by=by)


def _service_names(medicine: Medicine) -> dict[str, str]:
    """What the medicine is called on a bill, by language code."""
    return {
        language.replace("_", "-"): f"{_name_in(medicine, language)} {medicine.strength}".strip()
        for language in LANGUAGES
    }


def _name_in(medicine: Medicine, language: str) -> str:
    return getattr(medicine, f"name_{language}", "") or getattr(medicine, "name_en", "")


def _load_interactions() -> None:
    known = set(Interaction.objects.values_list("number", flat=True))
    effects = {row["effect"]: row for row in _rows("interaction_effects.csv")}
    Interaction.objects.bulk_create(
        _interaction(row, effects) for row in _rows("drug_interactions.csv") if int(row["no"]) not in known
    )


def _interaction(row: dict[str, str], effects: dict[str, dict[str, str]]) -> Interaction:
    effect = effects.get(row["effect"], {})
    management = effects.get(row["management"], {}) if row["management"] else {}
    return Interaction(
        number=int(row["no"]),
        a_name=row["a_name"],
        a_atc=row["a_atc"].split(),
        b_name=row["b_name"],
        b_atc=row["b_atc"].split(),
        severity=row["severity"],
        effect_en=effect.get("effect_en") or row["effect"],
        effect_km=effect.get("effect_km") or None,
        effect_zh_hans=effect.get("effect_zh_hans") or None,
        management_en=row["management"],
        management_km=management.get("effect_km") or None,
        management_zh_hans=management.get("effect_zh_hans") or None,
        severity_source=row["severity_source"],
        source=row["source"],
    )


@transaction.atomic
def save_medicine(
    *,
    medicine: Medicine | None,
    by: User,
    version: int | None = None,
    price: tuple[Decimal, str] | None = None,
    **fields: Any,
) -> Medicine:
    """Add a medicine or change one; `price` is the amount and currency of one unit of issue.

    Raises RecordChanged when somebody else saved it after this page was opened.
    """
    if medicine is None:
        row = Medicine()
    else:
        row = lock_current(Medicine, medicine.pk, version if version is not None else medicine.version)
        row.touch_version()
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    if price:
        set_medicine_price(medicine=row, amount=price[0], currency=price[1], by=by)
    return row
