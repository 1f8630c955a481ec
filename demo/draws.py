"""What chance decides in a visit: what is measured, what the laboratory finds, what the patient pays with."""

from decimal import ROUND_DOWN, ROUND_UP, Decimal
from random import Random
from typing import Any

from billing.pricing import Paid
from core.money import KHR, USD
from demo.cases import USUAL, Case
from laboratory.models import Test


def vital_signs(case: Case, years: int, chance: Random) -> dict[str, Any]:
    """What a nurse measures in somebody of this age with this complaint."""
    draw, child = chance.gauss, years < 12
    values: dict[str, Any] = {
        "temperature": Decimal(str(round(draw(float(case.temperature), 0.2), 1))),
        "pulse": Decimal(round(draw(104 if child else 80, 7))),
        "respiration": Decimal(round(draw(24 if child else 16, 1.5))),
        "systolic": Decimal(round(draw(98 if child else 124, 8))),
        "diastolic": Decimal(round(draw(62 if child else 78, 5))),
        "spo2": Decimal(min(100, round(draw(97.5, 0.8)))),
        "weight": Decimal(str(round(draw(8 + 2.3 * years, 1) if child else draw(57, 7), 1))),
        "consciousness": "A",
    }
    return values if child else {**values, "height": Decimal(round(draw(160, 6)))}


def result_of(test: Test, case: Case, chance: Random) -> str:
    """A value as the technician types it: what is usual, or what this complaint shifts."""
    if test.value_type == "numeric" and test.code in USUAL | case.values:
        mean, spread = case.values.get(test.code) or USUAL[test.code]
        return f"{abs(chance.gauss(mean, spread)):.{test.decimals}f}"
    if test.value_type == "coded":
        return _answer(test, positive=test.code in case.positive)
    return {"numeric": f"{4:.{test.decimals}f}", "titre": "1:40", "text": "No growth"}.get(test.value_type, "")


def _answer(test: Test, *, positive: bool) -> str:
    """The first choice that is unremarkable, or abnormal for a positive test."""
    answers = sorted(test.answer_set.answers.all(), key=lambda answer: (answer.abnormal != positive, answer.position))
    return answers[0].code


def money_in_hand(due: Decimal, rate: Decimal, chance: Random) -> list[Paid]:
    """Notes as patients really bring them for so many dollars: dollars, riel, or both; sometimes the bank's app."""
    style = chance.choice(["usd", "usd", "khr", "mixed", "khqr"])
    if style == "khqr":
        return [Paid("khqr", USD, due, f"KHQR{chance.randint(100000, 999999)}")]
    if style == "khr":
        return [Paid("cash", KHR, _up(due * rate, 5000))]
    whole = due.to_integral_value(rounding=ROUND_DOWN)
    if style == "mixed" and 0 < whole < due:
        return [Paid("cash", USD, whole), Paid("cash", KHR, _up((due - whole) * rate, 500))]
    return [Paid("cash", USD, _up(due, 5))]


def _up(amount: Decimal, step: int) -> Decimal:
    return (amount / step).to_integral_value(rounding=ROUND_UP) * step
