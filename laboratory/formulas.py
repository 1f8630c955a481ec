"""Results that are computed from other results of the same order. Pure rules, no database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ADULT_YEARS = 18
Values = Mapping[str, Decimal]


@dataclass(frozen=True)
class Person:
    """What a formula may need to know: sex ("male", "female", else unknown) and age in whole years."""

    sex: str
    age_years: int


def egfr_ckd_epi_2021(values: Values, person: Person) -> Decimal | None:
    """Filtration rate in mL/min/1.73 m² from creatinine in mg/dL, without race, adults only.

    CKD-EPI 2021: Inker et al., N Engl J Med 2021;385:1737-1749.
    """
    if person.age_years < ADULT_YEARS or person.sex not in ("male", "female") or values["CREA"] <= 0:
        return None
    female = person.sex == "female"
    ratio = values["CREA"] / Decimal("0.7" if female else "0.9")
    alpha = Decimal("-0.241" if female else "-0.302")
    rate = 142 * min(ratio, Decimal(1)) ** alpha * max(ratio, Decimal(1)) ** Decimal("-1.200")
    rate *= Decimal("0.9938") ** person.age_years
    return rate * Decimal("1.012") if female else rate


def bilirubin_indirect(values: Values, person: Person) -> Decimal | None:
    """Total minus direct bilirubin, mg/dL; none where the two measurements contradict each other."""
    rest = values["TBIL"] - values["DBIL"]
    return rest if rest >= 0 else None


def ldl_friedewald(values: Values, person: Person) -> Decimal | None:
    """LDL in mg/dL: total − HDL − triglycerides/5; not valid from 400 mg/dL triglycerides on (Clin Chem 18:499)."""
    if values["TRIG"] >= 400:
        return None
    rest = values["CHOL"] - values["HDL"] - values["TRIG"] / 5
    return rest if rest >= 0 else None


def albumin_creatinine_ratio(values: Values, person: Person) -> Decimal | None:
    """Urine albumin (mg/dL) over creatinine (mg/dL), in mg per g."""
    return values["UALB"] / values["UCREA"] * 1000 if values["UCREA"] > 0 else None


_FORMULAS: dict[str, tuple[Callable[[Values, Person], Decimal | None], tuple[str, ...]]] = {
    "egfr_ckd_epi_2021": (egfr_ckd_epi_2021, ("CREA",)),
    "bilirubin_indirect": (bilirubin_indirect, ("TBIL", "DBIL")),
    "ldl_friedewald": (ldl_friedewald, ("CHOL", "HDL", "TRIG")),
    "albumin_creatinine_ratio": (albumin_creatinine_ratio, ("UALB", "UCREA")),
}
CHOICES = sorted(_FORMULAS)


def compute(formula: str, values: Values, person: Person, *, decimals: int) -> Decimal | None:
    """The result of `formula` rounded to `decimals`; None while an input is missing or the formula does not hold."""
    if formula not in _FORMULAS:
        return None
    function, inputs = _FORMULAS[formula]
    if any(code not in values for code in inputs):
        return None
    result = function(values, person)
    return None if result is None else result.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
