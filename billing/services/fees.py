"""Doctors' fees: agreed as shares, earned when an invoice is issued, taken back when it is voided or credited."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    """What the lines of an invoice about to be issued earn who performed them, by the shares of today."""
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


def all_back(invoice: Invoice) -> list[Fee]:
    """A void takes back whatever the invoice earned."""
    return [_back(move, move.amount) for move in _earned(invoice)]


def back_for(note: CreditNote) -> list[Fee]:
    """A credit note takes back the part of a line's fee that belongs to what was credited of the line, all told."""
    moves = _earned(note.invoice)
    if not moves:
        return []
    live = [CreditStatus.APPROVED, CreditStatus.REFUNDED]
    lines = CreditLine.objects.filter(credit_note__invoice=note.invoice, credit_note__status__in=live).order_by()
    credited = dict(lines.values_list("line").annotate(sum=Sum(F("net") + F("covered"))))
    taken = dict(
        FeeMove.objects.filter(line__invoice=note.invoice, amount__lt=0)
        .order_by()
        .values_list("line")
        .annotate(sum=Sum(-F("amount")))
    )
    fees = []
    for move in moves:
        if move.line is None or move.line_id not in credited:
            continue
        whole = portion(move.amount, credited[move.line_id], move.line.worth, move.currency)
        part = whole - taken.get(move.line_id, ZERO)
        if part:
            fees.append(_back(move, part))
    return fees


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
        for fee in fees
    )


def account_of(doctor_id: Any, currency: str) -> FeeAccount:
    """The doctor's account in a currency, made with the first fee."""
    return FeeAccount.objects.get_or_create(doctor_id=doctor_id, currency=currency)[0]


def _earned(invoice: Invoice) -> list[FeeMove]:
    earned = FeeMove.objects.filter(line__invoice=invoice, amount__gt=0)
    return list(earned.select_related("line", "account").order_by("id"))


def _back(move: FeeMove, amount: Decimal) -> Fee:
    assert move.line is not None
    assert move.worth is not None
    return Fee(move.account.doctor_id, move.line, move.rule_id, move.worth, -amount)
