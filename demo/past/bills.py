"""The money of a visit: charges, one invoice issued and paid, and both in the ledger."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from billing import pricing
from billing.models import Change as Returned
from billing.models import Charge, Entry, Invoice, InvoiceLine, Payment, Posting, Shift, Tender, Transition
from billing.pricing import Paid, Settlement, settle
from billing.services.charges import charge_at
from billing.services.drafts import line_facts
from billing.services.journal import Side, revenue
from billing.services.payments import default_change
from core.ids import new_id
from core.money import KHR, USD, Money
from crm.models import PointEntry
from demo.draws import money_in_hand
from demo.past.ground import RATE, Ground
from demo.past.sheets import Sheets
from demo.past.visits import Coming, Item
from demo.services.numbers import id_at, take_numbers


@dataclass
class Bill:
    """What was charged in one visit; its invoice is numbered once all of the days are known."""

    ground: Ground
    coming: Coming
    invoice: Invoice
    charges: list[Charge]
    lines: list[InvoiceLine]

    @property
    def due(self) -> Money:
        return Money(self.invoice.total, USD)


def add_bill(sheets: Sheets, ground: Ground, coming: Coming) -> Bill:
    """Charges of all that was done, and a draft with them; the draft is issued by ``issue``."""
    charges = [_add_charge(sheets, ground, coming, item) for item in coming.items]
    bill = pricing.bill(
        [Money(charge.amount, charge.currency) for charge in charges],
        currency=USD,
        rate=RATE,
        discount_rate=Decimal(0),
    )
    invoice = sheets.add(
        Invoice,
        coming.after(43),
        visit=coming.visit,
        patient=coming.patient,
        family_id=coming.patient.family_id,
        branch=ground.branch,
        currency=USD,
        rate=RATE,
        subtotal=bill.subtotal,
        total=bill.total,
    )
    lines = [
        _add_line(sheets, coming, invoice, charge, amount, position)
        for position, (charge, amount) in enumerate(zip(charges, bill.amounts, strict=True), start=1)
    ]
    return Bill(ground, coming, invoice, charges, lines)


def _add_charge(sheets: Sheets, ground: Ground, coming: Coming, item: Item) -> Charge:
    price = ground.prices.get(item.code) or ground.prices[item.code.split("-")[0]]  # CONS-OPD falls back to CONS
    charge = charge_at(
        price,
        visit=coming.visit,
        source_kind=item.kind,
        source_id=item.source_id,
        service_code=item.code,
        quantity=Decimal(item.quantity),
        text=item.text,
        by=item.by,
    )
    charge.id, charge.created_at, charge.status = id_at(item.moment), item.moment, "invoiced"
    return sheets.put(charge)


def _add_line(
    sheets: Sheets, coming: Coming, invoice: Invoice, charge: Charge, amount: Decimal, position: int
) -> InvoiceLine:
    return sheets.add(
        InvoiceLine,
        coming.after(43),
        invoice=invoice,
        position=position,
        amount=amount,
        net=amount,
        **line_facts(charge) | {"currency": USD},
    )


def issue(bills: Sequence[Bill]) -> None:
    """Number and freeze drafts, which stand in the order of their days; payments come later."""
    series: dict[tuple[str, int], list[Bill]] = defaultdict(list)
    for bill in bills:
        series[bill.ground.branch.code, timezone.localdate(bill.coming.arrived).year].append(bill)
    for (branch, year), drafts in series.items():
        _issue(drafts, branch, year, take_numbers(f"billing.invoice:{branch}:{year}", len(drafts)))


def _issue(drafts: Sequence[Bill], branch: str, year: int, first: int) -> None:
    rows = [
        (bill.invoice.pk, f"{branch}-{year}-{number:06d}", number, bill.coming.after(44))
        for number, bill in enumerate(drafts, start=first)
    ]
    pks, numbers, sequences, moments = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_invoice SET status = 'issued', number = due.number, year = %s, sequence = due.sequence, "
            "issued_at = due.moment, issued_by_id = %s, version = 2 "
            "FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::timestamptz[]) AS due(pk, number, sequence, moment) "
            "WHERE id = due.pk",
            [year, drafts[0].ground.cashier.pk, pks, numbers, sequences, moments],
        )


def add_payment(sheets: Sheets, bill: Bill, shift: Shift, number: str, points: PointEntry | None) -> None:
    """A receipt in the shift, its parts and change, the postings of debt and receipt, and who moved what."""
    paid = bill.coming.paid
    tenders = money_in_hand(bill.due.amount, RATE, bill.coming.chance)
    settlement = settle(bill.due, tenders, rate=RATE, change_in=default_change(tenders), step=100)
    payment = sheets.add(
        Payment,
        paid,
        key=new_id(),
        number=number,
        invoice=bill.invoice,
        shift=shift,
        cashier=bill.ground.cashier,
        received_at=paid,
        applied=settlement.applied,
        currency=USD,
        rate=RATE,
        rounding=settlement.rounding,
        balance_after=settlement.remaining,
        points=points.points if points else None,
        points_balance=points.balance_after if points else None,
    )
    for part in tenders:
        sheets.add(
            Tender,
            paid,
            payment=payment,
            method=part.method,
            currency=part.currency,
            amount=part.amount,
            rate=RATE,
            reference=part.reference,
        )
    for currency, amount in settlement.change.items():
        sheets.add(Returned, paid, payment=payment, currency=currency, amount=amount)
    _post_debt(sheets, bill)
    _post_receipt(sheets, bill, payment, tenders, settlement)
    _add_transitions(sheets, bill)


def _post_debt(sheets: Sheets, bill: Bill) -> None:
    sides = [Side("receivable", USD, bill.invoice.total), *revenue(((line, line.amount) for line in bill.lines), USD)]
    issued = bill.coming.after(44)
    entry = sheets.add(
        Entry,
        issued,
        kind="invoice_issued",
        source_id=bill.invoice.pk,
        occurred_at=issued,
        date=timezone.localdate(issued),
        branch=bill.ground.branch,
        invoice=bill.invoice,
        base_currency=USD,
        rate=RATE,
        posted_by=bill.ground.cashier,
    )
    post(sheets, bill.ground, entry, sides)


def _post_receipt(
    sheets: Sheets, bill: Bill, payment: Payment, tenders: Sequence[Paid], settlement: Settlement
) -> None:
    sides = [
        Side("drawer" if part.is_cash else part.method, part.currency, part.amount, in_shift=True) for part in tenders
    ]
    sides += [Side("drawer", currency, -amount, in_shift=True) for currency, amount in settlement.change.items()]
    sides += [
        Side("receivable", USD, -settlement.applied),
        Side("exchange", USD, -settlement.exchange_usd),
        Side("exchange", KHR, -settlement.exchange_khr),
        Side("rounding", KHR, -settlement.rounding),
    ]
    entry = sheets.add(
        Entry,
        payment.received_at,
        kind="payment",
        source_id=payment.pk,
        occurred_at=payment.received_at,
        date=timezone.localdate(payment.received_at),
        branch=bill.ground.branch,
        invoice=bill.invoice,
        payment=payment,
        shift=payment.shift,
        base_currency=USD,
        rate=RATE,
        posted_by=bill.ground.cashier,
    )
    post(sheets, bill.ground, entry, sides)


def post(sheets: Sheets, ground: Ground, entry: Entry, sides: Sequence[Side]) -> None:
    """The sides of an entry that are not nothing; what moves the drawer belongs to the entry's shift."""
    written = [side for side in sides if side.amount]
    amounts = [(side.currency, side.amount) for side in written]
    worths = pricing.worth_in_base(amounts, base=entry.base_currency, rate=entry.rate)
    for side, worth in zip(written, worths, strict=True):
        sheets.add(
            Posting,
            entry.occurred_at,
            entry=entry,
            account=ground.accounts[side.account],
            currency=side.currency,
            amount=side.amount,
            base_amount=worth,
            shift=entry.shift if side.in_shift else None,
            performer_id=side.performer,
            branch=entry.branch,
            date=entry.date,
        )


def _add_transitions(sheets: Sheets, bill: Bill) -> None:
    coming, cashier = bill.coming, bill.ground.cashier
    moves = [
        ("charge", charge.pk, *move)
        for charge, item in zip(bill.charges, coming.items, strict=True)
        for move in [
            ("capture", "", "pending", item.moment, item.by),
            ("invoice", "pending", "invoiced", coming.after(44), cashier),
        ]
    ]
    moves += [
        ("invoice", bill.invoice.pk, "draft", "", "draft", coming.after(43), cashier),
        ("invoice", bill.invoice.pk, "issue", "draft", "issued", coming.after(44), cashier),
        ("invoice", bill.invoice.pk, "pay", "issued", "paid", coming.paid, cashier),
    ]
    for kind, pk, verb, before, status, moment, by in moves:
        sheets.add(
            Transition,
            moment,
            subject_kind=kind,
            subject_id=pk,
            verb=verb,
            from_status=before,
            to_status=status,
            by=by,
        )


def settle_invoices(bills: Sequence[Bill]) -> None:
    """Mark the invoices as paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_invoice SET status = 'paid', paid = total, paid_at = done.moment, version = 3 "
            "FROM unnest(%s::uuid[], %s::timestamptz[]) AS done(pk, moment) WHERE id = done.pk",
            [[bill.invoice.pk for bill in bills], [bill.coming.paid for bill in bills]],
        )
