"""The reports: which postings each one reads, by what it may be grouped, and on which side it counts."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import EntryKind
from billing.queries.ledger import RECEIVED_IN, TAKEN
from reports.queries.money import dimensions as by
from reports.queries.money.dimensions import Dimension

Grouping = tuple[Dimension, ...]


@dataclass(frozen=True)
class Report:
    """`rows` chooses the postings. `sign` is -1 where credits count as positive (income, debts of the hospital).

    A `standing` report adds up everything posted until its last day: what is held, not what moved.
    """

    key: str
    title: str | Promise
    about: str | Promise
    rows: Q
    groupings: tuple[Grouping, ...]
    sign: int = 1
    standing: bool = False


COLLECTIONS = Report(
    key="collections",
    title=_("Money collected"),
    about=_("What came in less what was refunded, by cashier, method and currency."),
    rows=Q(entry__kind__in=TAKEN, account__key__in=RECEIVED_IN),
    groupings=(
        (by.DAY, by.CASHIER, by.METHOD),
        (by.CASHIER, by.METHOD),
        (by.METHOD,),
        (by.DAY,),
        (by.BRANCH, by.METHOD),
    ),
)
REVENUE = Report(
    key="revenue",
    title=_("Revenue"),
    about=_("What was charged before discounts and without VAT, less what was voided and credited."),
    rows=Q(account__key__startswith="revenue."),
    groupings=(
        (by.ACCOUNT,),
        (by.DEPARTMENT, by.ACCOUNT),
        (by.DOCTOR, by.ACCOUNT),
        (by.PAYER, by.ACCOUNT),
        (by.BRANCH, by.ACCOUNT),
        (by.DAY,),
    ),
    sign=-1,
)
DISCOUNTS = Report(
    key="discounts",
    title=_("Discounts and exemptions"),
    about=_("Discounts given, by where they come from and who granted them, and what funds paid for patients."),
    rows=Q(account__key="discount")
    | Q(account__key__startswith="discount.")
    | Q(account__key__startswith="fund.") & ~Q(entry__kind=EntryKind.FUND_GRANT),
    groupings=((by.ACCOUNT, by.DISCOUNT), (by.GRANTED_BY, by.DISCOUNT), (by.DEPARTMENT, by.DISCOUNT), (by.DAY,)),
)
REFUNDS = Report(
    key="refunds",
    title=_("Refunds"),
    about=_("Money paid back for credit notes and out of deposits, by day, cashier and method."),
    rows=Q(entry__kind__in=[EntryKind.REFUND, EntryKind.DEPOSIT_REFUNDED], account__key__in=RECEIVED_IN),
    groupings=((by.DAY, by.CASHIER, by.METHOD), (by.CASHIER,), (by.METHOD,), (by.EVENT, by.METHOD)),
    sign=-1,
)
TAX = Report(
    key="vat",
    title=_("VAT"),
    about=_("The value added tax in what was invoiced, less what was voided and credited."),
    rows=Q(account__key="vat"),
    groupings=((by.EVENT,), (by.BRANCH, by.EVENT), (by.DAY, by.EVENT)),
    sign=-1,
)
TURNOVER = Report(  # its page reads the lines (reports.queries.money.turnover); this is what they must come to
    key="turnover",
    title=_("Turnover for VAT"),
    about=_("What was charged without VAT and the tax on it, by month and rate, and what is exempt."),
    rows=Q(account__key__startswith="revenue.") | Q(account__key__startswith="discount"),
    groupings=(),
    sign=-1,
)
WRITE_OFFS = Report(
    key="write-offs",
    title=_("Debts written off"),
    about=_("What patients and payers are no longer asked for, less write-offs that were taken back."),
    rows=Q(account__key__in=["bad_debt", "payer_loss"]),
    groupings=(
        (by.ACCOUNT, by.EVENT),
        (by.STAFF, by.ACCOUNT),
        (by.DEPARTMENT, by.ACCOUNT),
        (by.BRANCH, by.ACCOUNT),
        (by.DAY, by.ACCOUNT),
    ),
)
DEPOSITS = Report(
    key="deposits",
    title=_("Deposits held"),
    about=_("What patients have paid in beforehand and not used yet, by what moved it."),
    rows=Q(account__key="deposits"),
    groupings=((by.EVENT,), (by.BRANCH, by.EVENT), (by.DAY, by.EVENT)),
    sign=-1,
    standing=True,
)
FEES = Report(
    key="fees",
    title=_("Doctors' fees"),
    about=_("What doctors earned by invoices, less what voids and credit notes took back."),
    rows=Q(account__key="expense.doctor_fees"),
    groupings=((by.DOCTOR,), (by.DOCTOR, by.EVENT), (by.DEPARTMENT, by.DOCTOR), (by.BRANCH, by.DOCTOR), (by.DAY,)),
)
PAYERS = Report(
    key="payers",
    title=_("Owed by payers"),
    about=_("What insurers and schemes owe, by payer and by what moved it."),
    rows=Q(account__key="receivable.payers"),
    groupings=((by.INSURER,), (by.INSURER, by.EVENT), (by.BRANCH, by.INSURER)),
    standing=True,
)
DIFFERENCES = Report(
    key="differences",
    title=_("Rounding, exchange and drawer differences"),
    about=_("Riel won and lost by rounding, one currency bought with the other, and drawers that were over or short."),
    rows=Q(account__key__in=["rounding", "exchange", "exchange_difference", "over_short"]),
    groupings=((by.ACCOUNT, by.EVENT), (by.ACCOUNT, by.CASHIER), (by.DAY, by.ACCOUNT)),
)
BALANCES = Report(
    key="balances",
    title=_("What is held and owed"),
    about=_("Every account's balance at the end of the last day."),
    rows=Q(),
    groupings=((by.ACCOUNT,), (by.BRANCH, by.ACCOUNT)),
    standing=True,
)

REPORTS = {
    one.key: one
    for one in (
        COLLECTIONS,
        REVENUE,
        DISCOUNTS,
        REFUNDS,
        FEES,
        TAX,
        WRITE_OFFS,
        DEPOSITS,
        PAYERS,
        DIFFERENCES,
        BALANCES,
    )
}
