"""Every calculation with money in this product (with core.money): pure functions, Decimal only, no database.

Exchange rates are riel for one US dollar; a discount's rate is a share (0.05 is 5 %). What is computed here is stored
where it is used, so no figure on a document is ever computed a second time.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from core.money import KHR, USD, Money, convert, quantize, round_cash

ZERO = Decimal(0)


def line_amount(unit_price: Money, quantity: Decimal) -> Money:
    """Price times quantity, in the price's currency (cents or whole riel)."""
    return Money(quantize(unit_price.amount * quantity, unit_price.currency), unit_price.currency)


@dataclass(frozen=True)
class Step:
    """One step of arithmetic in a price's explanation: what was done, with which figure, and what came out."""

    op: str
    result: Money
    figure: str = ""

    def told(self) -> dict[str, str]:
        """As a charge keeps it: texts only, exact."""
        return {
            "op": self.op,
            "figure": self.figure,
            "amount": str(self.result.amount),
            "currency": str(self.result.currency),
        }


def adjusted_price(
    price: Money,
    *,
    percent: Decimal | None = None,
    plus: Money | None = None,
    rate: Decimal | None = None,
    step: int = 100,
) -> list[Step]:
    """Put a list's percent or amount on the standard price, step by step; the last step's result is the price.

    An amount in the other currency is converted at `rate`, riel end on a multiple of `step` as notes do, and no price
    falls below nothing.
    """
    steps = []
    if percent is not None:
        steps.append(Step("percent", price * (1 + percent / 100), f"{percent.normalize():f}"))
    if plus is not None:
        more = plus
        if plus.currency != price.currency:
            if rate is None:
                raise ValueError("An amount in another currency needs a rate")
            more = convert(plus, price.currency, rate)
            steps.append(Step("convert", more, str(rate)))
        steps.append(Step("plus", price + more, str(more.amount)))
    result = steps[-1].result if steps else price
    if result.amount < 0:
        result = Money.zero(price.currency)
        steps.append(Step("floor", result))
    rounded = round_cash(result.amount, step) if price.currency == KHR else result.amount
    if rounded != result.amount:
        steps.append(Step("round", Money(rounded, price.currency), str(step)))
    return steps


def in_currency(money: Money, currency: str, rate: Decimal) -> Money:
    """The same money in another currency at `rate`; itself when nothing is to be converted."""
    return money if money.currency == currency else convert(money, currency, rate)


def allocate(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split `total` in proportion to `weights` so that the parts add up exactly: the last weighty part takes the rest.

    Running totals are rounded, not parts, so no part is off by more than one smallest unit and none is negative.
    """
    whole = sum(weights, ZERO)
    parts, given, seen = [], ZERO, ZERO
    for weight in weights:
        seen += weight
        reached = quantize(total * seen / whole, currency) if whole else ZERO
        parts.append(reached - given)
        given = reached
    return parts


@dataclass(frozen=True)
class Bill:
    """What an invoice comes to: amounts and discounts line by line, and their sums, in one currency."""

    currency: str
    amounts: list[Decimal]
    discounts: list[Decimal]
    subtotal: Decimal
    discount: Decimal
    total: Decimal


def bill(
    prices: Sequence[Money],
    *,
    currency: str,
    rate: Decimal,
    discount_rate: Decimal = ZERO,
    cuts: list[Decimal] | None = None,
) -> Bill:
    """Bring every line to the invoice's currency and take the discount off.

    The discount is a share of the sum, allocated to the lines, or what a promotion cuts of each line (`cuts`).
    """
    amounts = [in_currency(price, currency, rate).amount for price in prices]
    subtotal = sum(amounts, ZERO)
    if cuts is None:
        cuts = allocate(quantize(subtotal * discount_rate, currency), amounts, currency)
    discount = sum(cuts, ZERO)
    return Bill(currency, amounts, cuts, subtotal, discount, subtotal - discount)


def tax_included(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """The value added tax within an amount, at a share of what it is without tax (0.1 is 10 %)."""
    return quantize(amount * rate / (1 + rate), currency)


def exemptions(left: Sequence[Decimal], share: Decimal, currency: str) -> list[Decimal]:
    """What a fund pays of each line, of what is left to the patient; the parts add up to the share of the whole."""
    return allocate(quantize(sum(left, ZERO) * share, currency), left, currency)


def promotion_cuts(
    prices: Sequence[Money],
    takes_part: Sequence[bool],
    *,
    currency: str,
    rate: Decimal,
    share: Decimal | None = None,
    off: Money | None = None,
) -> list[Decimal]:
    """What a promotion takes off each line: a share of those that take part, or an amount as far as they go."""
    amounts = [in_currency(price, currency, rate).amount for price in prices]
    weights = [amount if takes else ZERO for amount, takes in zip(amounts, takes_part, strict=True)]
    whole = sum(weights, ZERO)
    cut = quantize(whole * share, currency) if share is not None else ZERO
    if off is not None:
        cut = min(whole, in_currency(off, currency, rate).amount)
    return allocate(cut, weights, currency)


def worth_in_base(sides: Sequence[tuple[str, Decimal]], *, base: str, rate: Decimal | None) -> list[Decimal]:
    """What each signed amount (currency, amount) of an entry is worth in the base currency.

    Running totals are rounded, debits and credits of a currency apart: sides that balance in their currency balance
    in the base too, and none is off by more than one smallest unit. Without `rate` all must be in the base currency.
    """
    seen: dict[tuple[str, bool], Decimal] = defaultdict(Decimal)
    worths = []
    for currency, amount in sides:
        before = seen[currency, amount > 0]
        after = seen[currency, amount > 0] = before + amount
        worths.append(_converted(after, currency, base, rate) - _converted(before, currency, base, rate))
    return worths


def _converted(amount: Decimal, currency: str, base: str, rate: Decimal | None) -> Decimal:
    if currency == base:
        return amount
    if rate is None:
        raise ValueError("An amount in another currency needs a rate")
    return convert(Money(amount, currency), base, rate).amount


def change_percent(before: Decimal, after: Decimal) -> Decimal:
    """By how much a rate changed, in percent of the earlier one, up or down."""
    return percent_of(before, abs(after - before))


def worth_together(sums: Mapping[str, Decimal], *, base: str, rate: Decimal) -> Money:
    """What amounts in several currencies come to in the base currency at a rate, rounded once."""
    total = sum((amount for currency, amount in sums.items() if currency == base), ZERO)
    for currency, amount in sums.items():
        if currency != base:
            total += amount / rate if base == USD else amount * rate
    return Money.rounded(total, base)


def percent_of(total: Decimal, part: Decimal) -> Decimal:
    """`part` as a share of `total` in percent, two decimals; nothing of nothing is nothing."""
    return (part * 100 / total).quantize(Decimal("0.01"), ROUND_HALF_UP) if total else ZERO


def points_value(total: Money, rate: Decimal) -> Decimal:
    """What a paid total is worth in dollars, which is what points are given for."""
    return in_currency(total, USD, rate).amount


def in_riel(amount: Decimal, currency: str, rate: Decimal) -> Decimal:
    """Exact value in riel, fractions kept: for comparing, never for booking."""
    return amount if currency == KHR else amount * rate


@dataclass(frozen=True)
class Paid:
    """One part of a tender: how, in which currency, how much."""

    method: str
    currency: str
    amount: Decimal
    reference: str = ""

    @property
    def is_cash(self) -> bool:
        return self.method == "cash"


def by_currency(tenders: Sequence[Paid]) -> dict[str, Decimal]:
    """What the parts come to, by currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for part in tenders:
        sums[str(part.currency)] += part.amount
    return dict(sums)


@dataclass(frozen=True)
class Settlement:
    """What a tender does to what is due.

    applied         goes to the invoice, in its currency; never more than is due
    change          handed back, by currency; dollars are whole, riel a multiple of the cash step
    remaining       still due afterwards, in the invoice's currency
    rounding        riel won (+) or lost (-) by rounding to notes and cents, booked to its own account
    exchange_usd, exchange_khr   what the till bought (+) or sold (-) of each currency, at the invoice's rate
    excess          what cards or transfers were paid beyond what is due, in riel: such a tender is refused
    """

    currency: str
    due: Decimal
    applied: Decimal
    remaining: Decimal
    rounding: Decimal
    exchange_usd: Decimal
    exchange_khr: Decimal
    excess: Decimal
    change: dict[str, Decimal] = field(default_factory=dict)

    @property
    def pays_in_full(self) -> bool:
        return self.remaining == ZERO


def settle(due: Money, tenders: Sequence[Paid], *, rate: Decimal, change_in: str, step: int = 100) -> Settlement:
    """Apply a mixed tender to `due`.

    Riel cash is rounded to `step`: a shortage that rounds to nothing still pays in full when riel notes are given.
    Change is given in dollars down to the whole dollar and the rest in riel (`change_in` USD), or all in riel (KHR).
    """
    over = sum((in_riel(part.amount, part.currency, rate) for part in tenders), ZERO)
    over -= in_riel(due.amount, due.currency, rate)
    applied = _applied(due, over, tenders, rate, step)
    change = _change(over, change_in, rate, step) if applied == due.amount else {}
    return _booked(due, applied, change, tenders, rate, step)


def suggest_exact(due: Money, rate: Decimal, step: int = 100) -> dict[str, Decimal]:
    """What a patient without change would hand over: whole dollars with riel for the rest, and all in riel."""
    exact = in_riel(due.amount, due.currency, rate)
    dollars = (exact / rate).to_integral_value(ROUND_FLOOR)
    return {
        "dollars": dollars,
        "rest_in_riel": round_cash(exact - dollars * rate, step),
        "all_in_riel": round_cash(exact, step),
    }


def _applied(due: Money, over: Decimal, tenders: Sequence[Paid], rate: Decimal, step: int) -> Decimal:
    riel_notes = any(part.is_cash and part.currency == KHR for part in tenders)
    if over >= 0 or (riel_notes and over > Decimal(-step) / 2):
        return due.amount
    exact = in_riel(due.amount, due.currency, rate) + over
    value = exact if due.currency == KHR else exact / rate
    return min(quantize(value, due.currency), due.amount)


def _change(over: Decimal, change_in: str, rate: Decimal, step: int) -> dict[str, Decimal]:
    if over <= 0:
        return {}
    dollars = (over / rate).to_integral_value(ROUND_FLOOR) if change_in == USD else ZERO
    riel = round_cash(over - dollars * rate, step)
    return {currency: amount for currency, amount in ((USD, dollars), (KHR, riel)) if amount}


def _booked(
    due: Money, applied: Decimal, change: dict[str, Decimal], tenders: Sequence[Paid], rate: Decimal, step: int
) -> Settlement:
    """Net of each currency; what is left in dollars was bought with riel at the rate, the remnant is rounding."""
    net: dict[str, Decimal] = {USD: ZERO, KHR: ZERO}
    for part in tenders:
        net[part.currency] += part.amount
    for currency, amount in change.items():
        net[currency] -= amount
    net[due.currency] -= applied
    exchange_khr = -quantize(net[USD] * rate, KHR)
    rounding = net[KHR] - exchange_khr
    return Settlement(
        currency=due.currency,
        due=due.amount,
        applied=applied,
        remaining=due.amount - applied,
        rounding=rounding,
        exchange_usd=net[USD],
        exchange_khr=exchange_khr,
        excess=_excess(due, tenders, rate, step),
        change=change,
    )


def _excess(due: Money, tenders: Sequence[Paid], rate: Decimal, step: int) -> Decimal:
    """Only notes give change: what cards and transfers bring beyond the due amount (and a rounding of it)."""
    cashless = sum((in_riel(part.amount, part.currency, rate) for part in tenders if not part.is_cash), ZERO)
    beyond = cashless - in_riel(due.amount, due.currency, rate)
    return beyond if beyond > Decimal(step) / 2 else ZERO


@dataclass(frozen=True)
class PayOut:
    """Money handed back: `parts` by currency, signed sides of their exchange, riel won (+) or lost (-) by rounding."""

    parts: dict[str, Decimal]
    exchange_usd: Decimal = ZERO
    exchange_khr: Decimal = ZERO
    rounding: Decimal = ZERO


def pay_out(amount: Money, *, rate: Decimal, notes_in: str | None, step: int = 100) -> PayOut:
    """How an amount is paid out: in notes as change is given (`notes_in`), or to the cent by transfer (None)."""
    if notes_in is None:
        return PayOut({amount.currency: amount.amount})
    parts = _change(in_riel(amount.amount, amount.currency, rate), notes_in, rate, step)
    left = {USD: ZERO, KHR: ZERO, amount.currency: amount.amount}
    for currency, part in parts.items():
        left[currency] -= part
    exchanged = quantize(left[USD] * rate, KHR)
    return PayOut(parts, -left[USD], exchanged, left[KHR] + exchanged)
