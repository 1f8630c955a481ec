"""The money of a visit: charges, one invoice issued and paid, and both in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from billing.models import Change as Returned
from billing.models import Charge, Entry, Invoice, InvoiceLine, Payment, Posting, Price, Shift, Tender, Transition
from billing.pricing import Paid, Settlement, settle
from billing.services.payments import default_change
from clinical.services.encounters import CHARGE_SOURCE
from core.ids import new_id
from core.money import KHR, USD, Money
from demo.year.ground import RATE, Ground
from demo.year.sheets import Sheets
from demo.year.visits import Coming
from laboratory.models import OrderItem
from laboratory.services.orders import ITEM_SOURCE


@dataclass
class Bill:
    """What was charged in one visit and how its invoice is to be numbered once all of the day are known."""

    coming: Coming
    invoice: Invoice
    charges: list[Charge]


def add_bill(sheets: Sheets, ground: Ground, coming: Coming, item: OrderItem | None) -> Bill:
    """Charges of the consultation and of the test, and a draft with both; the draft is issued by ``issue``."""
    consultation = ground.prices.get("CONS-OPD") or ground.prices["CONS"]
    sources = [(CHARGE_SOURCE, coming.encounter.pk, consultation, coming.doctor)]
    if item is not None:
        sources.append((ITEM_SOURCE, item.pk, ground.prices[item.test.charge_code], coming.doctor))
    charges = [_add_charge(sheets, ground, coming, kind, pk, price) for kind, pk, price, _by in sources]
    total = sum((charge.amount for charge in charges), Decimal(0))
    invoice = sheets.add(
        Invoice,
        coming.after(43),
        visit=coming.visit,
        patient=coming.patient,
        family_id=coming.patient.family_id,
        branch=ground.branch,
        currency=USD,
        rate=RATE,
        subtotal=total,
        total=total,
    )
    for position, (charge, (_kind, _pk, price, _by)) in enumerate(zip(charges, sources, strict=True), start=1):
        _add_line(sheets, ground, coming, invoice, charge, price, position)
    return Bill(coming, invoice, charges)


def _add_charge(sheets: Sheets, ground: Ground, coming: Coming, kind: str, source: UUID, price: Price) -> Charge:
    return sheets.add(
        Charge,
        coming.arrived,
        visit=coming.visit,
        patient=coming.patient,
        source_kind=kind,
        source_id=source,
        service=price.service,
        service_code=price.service.code,
        category=price.service.category,
        quantity=Decimal(1),
        unit_price=price.amount,
        amount=price.amount,
        currency=price.currency,
        price=price,
        price_list=ground.price_list,
        explanation={"source_kind": kind, "source_id": str(source), "price_id": str(price.pk), "rule": "own"},
        status="invoiced",
        charged_by=coming.doctor,
        **ground.texts_of(price),
    )


def _add_line(
    sheets: Sheets, ground: Ground, coming: Coming, invoice: Invoice, charge: Charge, price: Price, position: int
) -> None:
    sheets.add(
        InvoiceLine,
        coming.after(43),
        invoice=invoice,
        charge=charge,
        position=position,
        service_code=charge.service_code,
        category=charge.category,
        quantity=charge.quantity,
        unit_price=charge.unit_price,
        price_amount=charge.amount,
        price_currency=charge.currency,
        amount=charge.amount,
        net=charge.amount,
        currency=USD,
        **ground.texts_of(price),
    )


def issue(bills: Sequence[Bill], ground: Ground, day: date, first: int) -> None:
    """Number and freeze the drafts of one day; they are paid with their payments, by ``settle_invoices``."""
    code, year = ground.branch.code, day.year
    rows = [
        (bill.invoice.pk, f"{code}-{year}-{first + place:06d}", first + place, bill.coming.after(44))
        for place, bill in enumerate(bills)
    ]
    pks, numbers, sequences, moments = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_invoice SET status = 'issued', number = due.number, year = %s, sequence = due.sequence, "
            "issued_at = due.moment, issued_by_id = %s, version = 2 "
            "FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::timestamptz[]) AS due(pk, number, sequence, moment) "
            "WHERE id = due.pk",
            [year, ground.archive.pk, pks, numbers, sequences, moments],
        )


def add_payment(sheets: Sheets, ground: Ground, bill: Bill, shift: Shift, number: str, day: date) -> None:
    """A receipt in the shift, its parts and change, the postings of debt and receipt, and who moved what."""
    coming, invoice = bill.coming, bill.invoice
    tenders = _tenders(coming, invoice.total)
    settlement = settle(Money(invoice.total, USD), tenders, rate=RATE, change_in=default_change(tenders), step=100)
    payment = sheets.add(
        Payment,
        coming.paid,
        key=new_id(),
        number=number,
        invoice=invoice,
        shift=shift,
        cashier=ground.archive,
        received_at=coming.paid,
        applied=settlement.applied,
        currency=USD,
        rate=RATE,
        rounding=settlement.rounding,
        balance_after=settlement.remaining,
    )
    for part in tenders:
        sheets.add(
            Tender,
            coming.paid,
            payment=payment,
            method=part.method,
            currency=part.currency,
            amount=part.amount,
            rate=RATE,
            reference=part.reference,
        )
    for currency, amount in settlement.change.items():
        sheets.add(Returned, coming.paid, payment=payment, currency=currency, amount=amount)
    _post_debt(sheets, ground, bill, day)
    _post_receipt(sheets, ground, bill, payment, tenders, settlement, day)
    _add_transitions(sheets, ground, bill)


def _tenders(coming: Coming, due: Decimal) -> list[Paid]:
    style = coming.chance.choice(["usd", "usd", "khr", "khqr"])
    if style == "khqr":
        return [Paid("khqr", USD, due, f"KHQR{coming.chance.randint(100000, 999999)}")]
    if style == "khr":
        return [Paid("cash", KHR, (due * RATE / 5000).to_integral_value(rounding="ROUND_UP") * 5000)]
    return [Paid("cash", USD, (due / 5).to_integral_value(rounding="ROUND_UP") * 5)]


Side = tuple[str, str, Decimal, bool]  # account, currency, signed amount, whether it moves the drawer


def _post_debt(sheets: Sheets, ground: Ground, bill: Bill, day: date) -> None:
    sides: list[Side] = [("receivable", USD, bill.invoice.total, False)]
    sides += [(f"revenue.{charge.category}", USD, -charge.amount, False) for charge in bill.charges]
    entry = sheets.add(
        Entry,
        bill.coming.after(44),
        kind="invoice_issued",
        source_id=bill.invoice.pk,
        occurred_at=bill.coming.after(44),
        date=day,
        branch=ground.branch,
        invoice=bill.invoice,
        posted_by=ground.archive,
    )
    _post(sheets, ground, entry, sides, None)


def _post_receipt(
    sheets: Sheets,
    ground: Ground,
    bill: Bill,
    payment: Payment,
    tenders: Sequence[Paid],
    settlement: Settlement,
    day: date,
) -> None:
    sides: list[Side] = [
        ("drawer" if part.is_cash else part.method, part.currency, part.amount, True) for part in tenders
    ]
    sides += [("drawer", currency, -amount, True) for currency, amount in settlement.change.items()]
    sides += [
        ("receivable", USD, -settlement.applied, False),
        ("exchange", USD, -settlement.exchange_usd, False),
        ("exchange", KHR, -settlement.exchange_khr, False),
        ("rounding", KHR, -settlement.rounding, False),
    ]
    entry = sheets.add(
        Entry,
        bill.coming.paid,
        kind="payment",
        source_id=payment.pk,
        occurred_at=bill.coming.paid,
        date=day,
        branch=ground.branch,
        invoice=bill.invoice,
        payment=payment,
        shift=payment.shift,
        posted_by=ground.archive,
    )
    _post(sheets, ground, entry, sides, payment.shift)


def _post(sheets: Sheets, ground: Ground, entry: Entry, sides: Sequence[Side], shift: Shift | None) -> None:
    for account, currency, amount, in_shift in sides:
        if amount:
            sheets.add(
                Posting,
                entry.occurred_at,
                entry=entry,
                account=ground.accounts[account],
                currency=currency,
                amount=amount,
                shift=shift if in_shift else None,
                date=entry.date,
            )


def _add_transitions(sheets: Sheets, ground: Ground, bill: Bill) -> None:
    moves = [
        ("charge", charge.pk, verb, before, status, moment)
        for charge in bill.charges
        for verb, before, status, moment in [
            ("capture", "", "pending", bill.coming.arrived),
            ("invoice", "pending", "invoiced", bill.coming.after(44)),
        ]
    ]
    moves += [
        ("invoice", bill.invoice.pk, "draft", "", "draft", bill.coming.after(43)),
        ("invoice", bill.invoice.pk, "issue", "draft", "issued", bill.coming.after(44)),
        ("invoice", bill.invoice.pk, "pay", "issued", "paid", bill.coming.paid),
    ]
    for kind, pk, verb, before, status, moment in moves:
        sheets.add(
            Transition,
            moment,
            subject_kind=kind,
            subject_id=pk,
            verb=verb,
            from_status=before,
            to_status=status,
            by=ground.archive,
        )


def settle_invoices(bills: Sequence[Bill]) -> None:
    """Mark the day's invoices as paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_invoice SET status = 'paid', paid = total, paid_at = done.moment, version = 3 "
            "FROM unnest(%s::uuid[], %s::timestamptz[]) AS done(pk, moment) WHERE id = done.pk",
            [[bill.invoice.pk for bill in bills], [bill.coming.paid for bill in bills]],
        )
