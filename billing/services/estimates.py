"""What a visit will cost, and who pays it, before anything is invoiced."""

from dataclasses import dataclass, replace
from typing import Any

from billing import pricing
from billing.models import Charge, Invoice, InvoiceLine
from billing.pricing import ZERO
from billing.services.covers import day_done
from billing.services.drafts import line_facts, refresh_terms
from billing.states import ChargeStatus, InvoiceStatus
from core.money import Money
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
    """Pending charges of a visit with the patient's and the payer's part; None when nothing is pending.

    With the discount the invoice will have: what was granted on the draft, else the better of tier and promotion.
    """
    charges = list(Charge.objects.filter(visit=visit, status=ChargeStatus.PENDING))
    if not charges:
        return None
    invoice = _draft_of(visit)
    drawn = [InvoiceLine(invoice=invoice, **line_facts(charge)) for charge in charges]
    cuts = refresh_terms(invoice, drawn)
    currency, rate = invoice.currency, invoice.rate
    prices = [charge.money for charge in charges]
    bill = pricing.bill(prices, currency=currency, rate=rate, discount_rate=invoice.discount_rate, cuts=cuts)
    items = [
        Item(charge.service_code, charge.category, amount - discount, day_done(charge, visit))
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
    parts = pricing.exemptions([line.net.amount for line in lines], invoice.exempt_rate, currency)
    lines = [_exempted(line, Money(part, currency)) for line, part in zip(lines, parts, strict=True)]
    whole = Money(sum((line.covered.amount for line in lines), ZERO), currency)
    net = Money(sum((line.net.amount for line in lines), ZERO), currency)
    return Estimate(lines, whole, net)


def _draft_of(visit: Any) -> Invoice:
    """The visit's draft as it stands, or what one would begin as; never saved here."""
    draft = Invoice.objects.filter(visit=visit, payer=visit.payer, status=InvoiceStatus.DRAFT).first()
    return draft or Invoice(visit=visit, family=visit.patient.family, payer=visit.payer)


def _exempted(line: EstimateLine, part: Money) -> EstimateLine:
    return replace(line, discount=line.discount + part, net=line.net - part)
