"""The papers patients are handed: what counts their printings, who may print them, on what, and which go by mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import (
    CreditPrint,
    DepositPrint,
    DepositRefundPrint,
    InvoicePrint,
    Printing,
    ReceiptPrint,
    Refund,
    RefundPrint,
    StatementPrint,
)
from billing.queries.credits import visible_credits
from billing.queries.deposits import visible_deposits, visible_payers, visible_refunds
from billing.queries.worklist import visible_invoices, visible_payments
from core.clock import today
from patients.models import Patient

A4, A5, ROLL = Printing.Paper.A4, Printing.Paper.A5, Printing.Paper.ROLL


@dataclass(frozen=True)
class Kind:
    """A kind of paper. `word` begins the names of its addresses, `page` is where its document is shown.

    `in_sight(user)` are the documents this person may print; `papers` what it fits on, the first is proposed.
    `mailed_on` is the paper of one that is sent as a link; empty, it is not sent. `edition()` is what besides the
    document tells which paper it is.
    """

    word: str
    title: str | Promise
    prints: type[Printing]
    in_sight: Callable[[Any], QuerySet[Any]]
    page: str
    papers: tuple[Printing.Paper, ...] = (A5, A4, ROLL)
    mailed_on: str = ""
    edition: Callable[[], Mapping[str, Any]] = dict

    def of_whom(self, document: Any) -> Patient:
        """The patient a document is about."""
        _first, *steps = self.prints.whose.split("__")
        return reduce(getattr, steps, document)

    def printed(self, user: Any) -> QuerySet[Any]:
        """Printings of the documents this person may print."""
        documents = self.in_sight(user).order_by().values("pk")
        found = self.prints._default_manager.filter(**{f"{self.prints.of}__in": documents})
        return found.select_related(self.prints.whose)


def _printed_notes(user: Any) -> QuerySet[Any]:
    return visible_credits(user).filter(number__isnull=False)


def _refunds(user: Any) -> QuerySet[Any]:
    return Refund.objects.filter(credit_note__in=visible_credits(user).order_by().values("pk"))


def _deposit_refunds(user: Any) -> QuerySet[Any]:
    return visible_refunds(user).filter(number__isnull=False)


PAPERS = {
    kind.word: kind
    for kind in (
        Kind(
            "receipt",
            _("Receipt"),
            ReceiptPrint,
            visible_payments,
            "billing:payment-detail",
            (ROLL, A5, A4),
            mailed_on=A5,
        ),
        Kind(
            "invoice",
            _("Invoice"),
            InvoicePrint,
            visible_invoices,
            "billing:invoice-detail",
            (A4, A5, ROLL),
            mailed_on=A4,
        ),
        Kind("deposit", _("Receipt of a deposit"), DepositPrint, visible_deposits, "billing:deposit-detail"),
        Kind(
            "deposit-refund", _("Refund of a deposit"), DepositRefundPrint, _deposit_refunds, "billing:deposit-refund"
        ),
        Kind("credit", _("Credit note"), CreditPrint, _printed_notes, "billing:credit-detail"),
        Kind("refund", _("Receipt of a refund"), RefundPrint, _refunds, "billing:credit-list"),
        Kind(
            "statement",
            _("Statement of account"),
            StatementPrint,
            visible_payers,
            "billing:deposit-patient",
            (A4, A5),
            mailed_on=A4,
            edition=lambda: {"family": False, "on": today()},
        ),
    )
}
MAILED = [kind.word for kind in PAPERS.values() if kind.mailed_on]


def people_on(printed: Printing, reader: Any = None) -> list[Patient]:
    """Whom a paper is about: its patient, and on a family's account the members this reader sees."""
    people = [printed.of_whom]
    if isinstance(printed, StatementPrint) and printed.family and reader is not None:
        people += visible_payers(reader).filter(family=printed.patient.family_id).exclude(pk=printed.patient_id)
    return people
