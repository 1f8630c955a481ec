"""Doctors' fees: agreed as shares, earned at issue, taken back by a void or a credit, handed over with the work."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from accounts.models import User
from billing.errors_fees import FeeRuleInvalid, FeeRuleOverlaps, FeesOfOneself
from billing.fee_shares import fee
from billing.models import Charge, CreditLine, CreditNote, Entry, FeeAccount, FeeMove, FeeRule, Invoice, InvoiceLine
from billing.queries.fees import rules_of
from billing.services import journal
from billing.states import CreditStatus
from core.clock import today
from core.money import Money, fits
from insurance.share import portion

ZERO = Decimal(0)


@dataclass(frozen=True)
class Fee:
    """What a line moves on its doctor's account: earned (+) or taken back (-), in the invoice's currency."""

    doctor_id: Any
    line: InvoiceLine
    rule_id: Any
    worth: Decimal
    amount: Decimal


@transaction.atomic
def agree_share(
    *,
    doctor: User,
    service: Any = None,
    category: str = "",
    percent: Decimal | None = None,
    fixed: Money | None = None,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    by: Any,
) -> FeeRule:
    """Give a doctor a share of a service, or of a category, from a day on.

    Raises FeesOfOneself, FeeRuleInvalid, FeeRuleOverlaps where another share of the same holds on one of the days.
    """
    if doctor.pk == by.pk:
        raise FeesOfOneself()
    if (percent is None) == (fixed is None) or not 0 < (percent if percent is not None else 1) <= 100:
        raise FeeRuleInvalid()
    if fixed is not None and (fixed.amount <= 0 or not fits(fixed.amount, fixed.currency)):
        raise FeeRuleInvalid(field="amount")
    try:
        with transaction.atomic():
            return FeeRule.objects.create(
                doctor=doctor,
                service=service,
                category="" if service else category,
                percent=percent,
                amount=fixed.amount if fixed else None,
                currency=fixed.currency if fixed else "",
                valid_from=valid_from,
                valid_to=valid_to,
                set_by=by,
            )
    except IntegrityError as error:
        raise FeeRuleOverlaps() from error


@transaction.atomic
def end_share(*, rule: FeeRule, by: Any) -> FeeRule:
    """A share holds for the last time today; one that has not begun never does. Raises FeesOfOneself."""
    rule = FeeRule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule.pk)
    if rule.doctor_id == by.pk:
        raise FeesOfOneself()
    ends = max(rule.valid_from, today() + datetime.timedelta(days=1))
    if rule.valid_from > today():
        ends = rule.valid_from
    if rule.valid_to is None or rule.valid_to > ends:
        rule.valid_to = ends
        rule.save(update_fields=["valid_to", "updated_at"])
    return rule


def fees_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> list[Fee]:
    """What the lines of an invoice, as issued, earn who performs them, by the shares of today."""
    performers = sorted({line.performer_id for line in lines if line.performer_id})
    agreed: dict[tuple[Any, Any], FeeRule] = {
        (doctor, rule.service_id or rule.category): rule for doctor in performers for rule in rules_of(doctor, today())
    }
    if not agreed:
        return []
    services = dict(Charge.objects.filter(lines__in=lines).values_list("pk", "service"))
    fees = []
    for line in lines:
        doctor = line.performer_id
        rule = agreed.get((doctor, services[line.charge_id])) or agreed.get((doctor, line.category))
        if rule is None:
            continue
        worth = line.worth + line.exempted - line.tax
        amount = fee(Money(worth, line.currency), line.quantity, rule.percent, rule.fixed, invoice.rate)
        if amount.amount:
            fees.append(Fee(doctor, line, rule.pk, worth, amount.amount))
    return fees


def taken_over(line: InvoiceLine) -> list[Fee]:
    """What a line of an issued invoice earns its new performer: the whole, less the part of what was credited of it."""
    earned = fees_of(line.invoice, [line])
    credited = _credited(line.invoice).get(line.pk)
    if not earned or not credited:
        return earned
    [whole] = earned
    back = portion(whole.amount, credited, line.worth, line.currency)
    parts = [whole, replace(whole, amount=-back)] if back != whole.amount else []
    return [one for one in parts if one.amount]


def all_back(**of: Any) -> list[Fee]:
    """Whatever is kept of some lines is taken back, from whom it is kept."""
    return [_back(move, kept) for move, kept in _kept(**of)]


def turned(entry: Entry) -> list[Fee]:
    """What undoes the moves of an entry. All accounts of the invoice are locked first, in one order."""
    accounts = FeeMove.objects.filter(line__invoice=entry.invoice_id).order_by().values("account")
    locked = FeeAccount.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=accounts)
    list(locked.order_by("doctor"))
    moves = FeeMove.objects.filter(entry=entry).select_related("line", "account")
    return [_back(move, move.amount) for move in moves]


def back_for(note: CreditNote) -> list[Fee]:
    """A credit note takes back the part of a line's fee that belongs to what was credited of the line, all told.

    Only who has the line keeps something of it.
    """
    credited, fees = _credited(note.invoice), []
    for move, kept in _kept(line__invoice=note.invoice):
        assert move.line is not None
        if move.line_id in credited:
            left = move.amount - portion(move.amount, credited[move.line_id], move.line.worth, move.currency)
            fees.append(_back(move, kept - left))
    return [fee for fee in fees if fee.amount]


def sides(fees: Iterable[Fee], currency: str) -> list[journal.Side]:
    """What the work of each doctor costs, and what is owed for all of it."""
    costs: dict[Any, Decimal] = defaultdict(Decimal)
    for one in fees:
        costs[one.doctor_id] += one.amount
    return [
        *(journal.Side(journal.FEES_COST, currency, cost, performer=doctor) for doctor, cost in sorted(costs.items())),
        journal.Side(journal.FEES, currency, -sum(costs.values(), ZERO)),
    ]


def keep(fees: Iterable[Fee], entry: Entry | None, currency: str) -> None:
    """Write what an entry moved on the doctors' accounts; the database adds it up."""
    if entry is None:
        return
    FeeMove.objects.bulk_create(
        FeeMove(
            account=account_of(fee.doctor_id, currency),
            entry=entry,
            amount=fee.amount,
            currency=currency,
            date=entry.date,
            line=fee.line,
            rule_id=fee.rule_id,
            worth=fee.worth,
        )
        for fee in sorted(fees, key=lambda fee: str(fee.doctor_id))  # accounts are locked in one order
    )


def account_of(doctor_id: Any, currency: str) -> FeeAccount:
    """The doctor's account in a currency, made with the first fee."""
    return FeeAccount.objects.get_or_create(doctor_id=doctor_id, currency=currency)[0]


def _kept(**of: Any) -> list[tuple[FeeMove, Decimal]]:
    """By line and doctor, where something is kept of all moves: the one that earned it last, whole, and how much."""
    sums: dict[tuple[Any, Any], Decimal] = defaultdict(Decimal)
    earned: dict[tuple[Any, Any], FeeMove] = {}
    for move in FeeMove.objects.filter(**of).select_related("line", "account").order_by("id"):
        key = move.line_id, move.account_id
        sums[key] += move.amount
        if move.amount > 0:
            earned[key] = move
    return [(earned[key], kept) for key, kept in sums.items() if kept]


def _credited(invoice: Invoice) -> dict[Any, Decimal]:
    """What was credited of each line of an invoice."""
    live = [CreditStatus.APPROVED, CreditStatus.REFUNDED]
    lines = CreditLine.objects.filter(credit_note__invoice=invoice, credit_note__status__in=live).order_by()
    return dict(lines.values_list("line").annotate(sum=Sum(F("net") + F("covered"))))


def _back(move: FeeMove, amount: Decimal) -> Fee:
    assert move.line is not None
    assert move.worth is not None
    return Fee(move.account.doctor_id, move.line, move.rule_id, move.worth, -amount)
