"""What a visit will cost, and who pays it, before anything is invoiced."""

from dataclasses import dataclass
from typing import Any

from billing import pricing
from billing.models import Charge
from billing.pricing import ZERO
from billing.queries.catalogue import current_rate
from billing.states import ChargeStatus
from core.money import Money
from core.preferences import preference
from crm.queries import discount_for
from insurance.services.shares import shares_of
from insurance.share import Item


@dataclass(frozen=True)
class EstimateLine:
    """A pending charge with who pays what of it, in the estimate's currency."""

    charge: Charge
    amount: Money
    discount: Money
    covered: Money
    net: Money
    why: dict[str, str]


@dataclass(frozen=True)
class Estimate:
    """What a visit comes to as things stand; nothing of it is written."""

    lines: list[EstimateLine]
    covered: Money
    net: Money


def estimate(visit: Any) -> Estimate | None:
    """Pending charges of a visit with the patient's and the payer's part; None when nothing is pending."""
    charges = list(Charge.objects.filter(visit=visit, status=ChargeStatus.PENDING))
    if not charges:
        return None
    currencies = {charge.currency for charge in charges}
    currency = currencies.pop() if len(currencies) == 1 else preference("billing.invoice_currency")
    rate = current_rate().riel_per_dollar
    prices = [charge.money for charge in charges]
    bill = pricing.bill(prices, currency=currency, rate=rate, discount_rate=discount_for(visit.patient.family).rate)
    items = [
        Item(charge.service_code, charge.category, amount - discount)
        for charge, amount, discount in zip(charges, bill.amounts, bill.discounts, strict=True)
    ]
    shares = shares_of(visit_id=visit.pk, items=items, currency=currency, rate=rate)
    lines = []
    for number, charge in enumerate(charges):
        share = shares.lines[number] if shares else None
        covered = share.covered if share else ZERO
        amount, discount = bill.amounts[number], bill.discounts[number]
        lines.append(
            EstimateLine(
                charge,
                Money(amount, currency),
                Money(discount, currency),
                Money(covered, currency),
                Money(amount - discount - covered, currency),
                dict(share.why) if share else {},
            )
        )
    whole = Money(sum((line.covered.amount for line in lines), ZERO), currency)
    return Estimate(lines, whole, Money(bill.total, currency) - whole)
