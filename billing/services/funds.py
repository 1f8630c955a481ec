"""Funds that pay for the poor: opened, filled by grants that two people stand for, and used up by exemptions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from accounts.models import Branch
from billing import pricing
from billing.errors import AlreadyDecided, AmountInvalid, DecidesOwn, FundCodeTaken, FundShort, ReasonMissing
from billing.models import Account, AccountKind, EntryKind, Fund, FundGrant, Invoice
from billing.models.snapshot import SUFFIXES
from billing.services import journal
from billing.services.transitions import move, record
from billing.states import DECISION_FLOW
from core.clock import now
from core.money import Money, fits

FIRST_NUMBER = 2300  # accounts of funds stand here in the chart, and may be renumbered like any other


@transaction.atomic
def open_fund(*, code: str, names: Mapping[str, str], currency: str, by: Any) -> Fund:
    """A fund with an account of its own. Raises FundCodeTaken."""
    key = f"fund.{code.lower()}"
    if Account.objects.filter(key=key).exists():
        raise FundCodeTaken()
    texts = {f"name_{suffix}": names.get(language) or names["en"] for language, suffix in SUFFIXES.items()}
    taken = set(Account.objects.values_list("code", flat=True))
    number = next(str(number) for number in range(FIRST_NUMBER, 10_000) if str(number) not in taken)
    account = Account.objects.create(key=key, code=number, kind=AccountKind.LIABILITY, **texts)
    return Fund.objects.create(code=code, account=account, currency=currency, **texts)


@transaction.atomic
def enter_grant(
    *, fund: Fund, amount: Decimal, received_in: str, donor: str, reference: str = "", by: Any
) -> FundGrant:
    """Money that came in for a fund; it counts once somebody else confirms it. Raises AmountInvalid."""
    if amount <= 0 or not fits(amount, fund.currency):
        raise AmountInvalid()
    grant = FundGrant.objects.create(
        fund=fund,
        amount=amount,
        currency=fund.currency,
        received_in=received_in,
        donor=donor,
        reference=reference,
        requested_by=by,
    )
    record(grant, verb="request", from_status="", to_status=grant.status, by=by)
    return grant


@transaction.atomic
def confirm_grant(*, grant: FundGrant, branch: Branch, by: Any) -> FundGrant:
    """Book the money into the fund. Raises DecidesOwn, AlreadyDecided."""
    grant = _lock_grant(grant, by)
    move(grant, flow=DECISION_FLOW, verb="approve", by=by, decided_by=by, decided_at=now())
    journal.post(
        kind=EntryKind.FUND_GRANT,
        source_id=grant.pk,
        sides=[
            journal.Side(grant.received_in, grant.currency, grant.amount),
            journal.Side(grant.fund.account.key, grant.currency, -grant.amount),
        ],
        branch_id=branch.pk,
        by=by,
    )
    return grant


@transaction.atomic
def decline_grant(*, grant: FundGrant, reason: str, by: Any) -> FundGrant:
    """The money did not come in. Raises ReasonMissing, DecidesOwn, AlreadyDecided."""
    if not reason.strip():
        raise ReasonMissing()
    grant = _lock_grant(grant, by)
    move(
        grant, flow=DECISION_FLOW, verb="decline", by=by, reason=reason, decline_reason=reason, decided_by=by,
        decided_at=now(),
    )  # fmt: skip
    return grant


def _lock_grant(grant: FundGrant, by: Any) -> FundGrant:
    rows = FundGrant.objects.select_for_update(of=("self",), no_key=True).select_related("fund__account")
    grant = rows.get(pk=grant.pk)
    if not grant.can_decide:
        raise AlreadyDecided()
    if grant.requested_by_id == by.pk:
        raise DecidesOwn()
    return grant


def exemption_sides(*, fund: Fund, amount: Money, rate: Decimal) -> list[journal.Side]:
    """What a fund pays of an invoice (below zero: gets back), in the ledger: through exchange where currencies differ.

    Locks the fund's row; the database refuses an overdraft once more. Raises FundShort.
    """
    fund = Fund.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=fund.pk)
    own = pricing.in_currency(amount, fund.currency, rate)
    if own.amount > fund.balance:
        raise FundShort()
    sides = [journal.Side(fund.account.key, own.currency, own.amount)]
    if own.currency != amount.currency:
        sides.append(journal.Side(journal.EXCHANGE, amount.currency, amount.amount))
        sides.append(journal.Side(journal.EXCHANGE, own.currency, -own.amount))
    return sides


def promised(fund: Fund, *, besides: Invoice | None = None) -> Decimal:
    """What approved exemptions on drafts will take from a fund, in its currency."""
    drafts = Invoice.objects.filter(fund=fund, status="draft")
    if besides:
        drafts = drafts.exclude(pk=besides.pk)
    rows = drafts.order_by().values("currency", "rate").annotate(sum=Sum("exempted"))
    parts = [pricing.in_currency(Money(row["sum"], row["currency"]), fund.currency, row["rate"]) for row in rows]
    return sum((part.amount for part in parts), Decimal(0))
