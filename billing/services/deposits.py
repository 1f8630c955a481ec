"""Deposits: taken in a shift, received by a gateway, used for a payment. What is held moves under its row's lock."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing import pricing
from billing.errors import DepositShort, TenderInvalid
from billing.models import (
    Deposit,
    DepositAccount,
    DepositMove,
    DepositTender,
    Entry,
    EntryKind,
    Invoice,
    Method,
    Payment,
    Refund,
    Shift,
)
from billing.pricing import Paid
from billing.queries.deposits import accounts_for
from billing.services import journal
from billing.services.numbers import paper_number
from billing.services.shifts import lock_open_shift
from billing.services.tenders import check_tenders
from core.clock import now
from core.ids import new_id

Drawn = tuple[DepositAccount, Decimal]  # what is held, and how much of it is used


@transaction.atomic
def take_deposit(
    *, patient: Any, tenders: Sequence[Paid], by: Any, for_family: bool = False, key: uuid.UUID | None = None
) -> Deposit:
    """Take money in advance, in the open shift of `by`; each part is held in the currency it came in.

    The same `key` returns the first deposit again. Raises ShiftMissing, Tender* errors.
    """
    key = key or new_id()
    shift = lock_open_shift(by)
    done = Deposit.objects.filter(key=key, patient=patient).first()
    if done:
        return done
    check_tenders(tenders)
    if any(part.method == Method.DEPOSIT for part in tenders):
        raise TenderInvalid()
    return _hold(patient, tenders, for_family=for_family, key=key, shift=shift, branch=shift.branch, by=by)


@transaction.atomic
def receive_deposit(*, patient: Any, paid: Paid, gateway: str, branch: Any, by: Any, key: uuid.UUID) -> Deposit:
    """Hold what a gateway received outside any shift, for the patient to use; the same `key` holds it once.

    The money is there: where its branch has closed the day, it counts for the next one.
    `by` is who asked for the money. The caller has locked the request that `key` belongs to.
    """
    done = Deposit.objects.filter(key=key).first()
    return done or _hold(patient, [paid], for_family=False, key=key, shift=None, branch=branch, by=by, gateway=gateway)


def draw(*, invoice: Invoice, tenders: Sequence[Paid]) -> list[Drawn]:
    """Lock what is held for the invoice's patient and family, and say which accounts give how much.

    The patient's own goes first. Raises DepositShort. The caller has locked the invoice.
    """
    wanted = _deposit_parts(tenders)
    if not wanted:
        return []
    accounts = accounts_for(invoice.patient_id, invoice.family_id).filter(currency__in=wanted)
    locked = sorted(accounts.select_for_update(no_key=True).order_by("pk"), key=lambda one: one.is_of_family)
    drawn = []
    for currency, amount in wanted.items():
        left = amount
        for account in (one for one in locked if one.currency == currency):
            part = min(left, account.balance)
            left -= part
            drawn.append((account, part))
        if left:
            raise DepositShort()
    return [(account, part) for account, part in drawn if part]


def book_drawn(drawn: Sequence[Drawn], *, payment: Payment, entry: Entry | None) -> None:
    """Take what was drawn off the accounts; they are still locked."""
    for account, amount in drawn:
        _move(account, -amount, entry=entry, payment=payment)


def check_held(invoice: Invoice, tenders: Sequence[Paid]) -> None:
    """What a preview asks, without locks. Raises DepositShort."""
    wanted = _deposit_parts(tenders)
    if wanted:
        held: dict[str, Decimal] = defaultdict(Decimal)
        for account in accounts_for(invoice.patient_id, invoice.family_id):
            held[account.currency] += account.balance
        if any(amount > held[currency] for currency, amount in wanted.items()):
            raise DepositShort()


def put_back(refund: Refund, invoice: Invoice, entry: Entry | None) -> None:
    """A credit note is paid out into the patient's deposit."""
    for part in refund.parts.all():
        account = lock_account(part.currency, branch=refund.shift.branch, patient=invoice.patient)
        _move(account, part.amount, entry=entry, credit=refund)


def take_off(account: DepositAccount, amount: Decimal, *, refund: Any, entry: Entry | None) -> None:
    """A refund leaves the account, which the caller has locked."""
    _move(account, -amount, entry=entry, refund=refund)


def lock_account(currency: str, *, branch: Any, patient: Any = None, family: Any = None) -> DepositAccount:
    """The account of a patient or a family in a currency, locked; opened in the branch where there was none."""
    account, _created = DepositAccount.objects.get_or_create(
        patient=patient, family=family, currency=currency, defaults={"branch": branch}
    )
    return DepositAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)


def _deposit_parts(tenders: Sequence[Paid]) -> Mapping[str, Decimal]:
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for part in tenders:
        if part.method == Method.DEPOSIT:
            wanted[str(part.currency)] += part.amount
    return wanted


def _hold(
    patient: Any,
    tenders: Sequence[Paid],
    *,
    for_family: bool,
    key: uuid.UUID,
    shift: Shift | None,
    branch: Any,
    by: Any,
    gateway: str = "",
) -> Deposit:
    deposit = Deposit.objects.create(
        key=key,
        number=paper_number("deposit", "D", branch),
        patient=patient,
        for_family=for_family,
        branch=branch,
        shift=shift,
        cashier=by,
        gateway=gateway,
        received_at=now(),
    )
    DepositTender.objects.bulk_create(
        DepositTender(
            deposit=deposit, method=part.method, currency=part.currency, amount=part.amount, reference=part.reference
        )
        for part in tenders
    )
    owner = {"family": patient.family} if for_family else {"patient": patient}
    held = [
        (lock_account(currency, branch=branch, **owner), amount)
        for currency, amount in sorted(pricing.by_currency(tenders).items())
    ]
    entry = _post(deposit, tenders, held)
    for account, amount in held:
        _move(account, amount, entry=entry, deposit=deposit)
    return deposit


def _post(deposit: Deposit, tenders: Sequence[Paid], held: Sequence[Drawn]) -> Entry | None:
    """Notes and transfers in; the hospital owes them to whoever paid."""
    in_shift = deposit.shift is not None
    sides = [
        journal.Side(journal.RECEIVING[part.method], part.currency, part.amount, in_shift=in_shift) for part in tenders
    ]
    sides += [
        journal.Side(journal.DEPOSITS, account.currency, -amount, branch=account.branch_id) for account, amount in held
    ]
    return journal.post(
        kind=EntryKind.DEPOSIT_TAKEN,
        source_id=deposit.pk,
        sides=sides,
        branch_id=deposit.branch_id,
        by=deposit.cashier,
        shift=deposit.shift,
        at=deposit.received_at,
        may_wait=not in_shift,
    )


def _move(account: DepositAccount, amount: Decimal, *, entry: Entry | None, **document: Any) -> None:
    if entry is None:
        raise ValueError("What is held moves with an entry of the ledger")
    DepositMove.objects.create(account=account, amount=amount, currency=account.currency, entry=entry, **document)
    account.balance += amount
    account.save(update_fields=["balance", "updated_at"])
