"""By which words a bank may name a posting, and which postings one transfer brought. Rooms above add their documents:

@documents_of(EntryKind.PAYER_PAYMENT)
def remittances(sources):
    yield Document(source, (number, reference), group=remittance, name=number)
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from billing.models import DepositRefund, DepositTender, EntryKind, FeePayout, FundGrant, Refund, Tender
from cashoffice.models import Deposit


@dataclass(frozen=True)
class Document:
    """What the entry of `source` says on paper. Postings of one `group` came in one transfer, called by its `name`."""

    source: UUID
    words: Sequence[str]
    group: UUID | None = None
    name: str = ""


Finder = Callable[[Collection[UUID]], Iterable[Document]]

_finders: dict[str, Finder] = {}


def documents_of(kind: EntryKind) -> Callable[[Finder], Finder]:
    """Register how the documents of a kind of event are found by their entries' sources; one may have several."""

    def register(find: Finder) -> Finder:
        _finders[kind] = find
        return find

    return register


def documents(postings: Iterable[Any]) -> Mapping[UUID, Sequence[Document]]:
    """The documents by entry; a few queries for each kind of event among the postings."""
    entries: dict[str, dict[UUID, UUID]] = defaultdict(dict)
    for one in postings:
        entries[one.entry.kind][one.entry.source_id] = one.entry_id
    found: dict[UUID, list[Document]] = defaultdict(list)
    for kind in entries.keys() & _finders.keys():
        for document in _finders[kind](entries[kind]):
            found[entries[kind][document.source]].append(document)
    return found


@documents_of(EntryKind.PAYMENT)
def payments(sources: Collection[UUID]) -> Iterator[Document]:
    """What the cashier typed as the terminal's or bank's number; receipt and invoice stand with the entry."""
    for tender in Tender.objects.filter(payment__in=sources):
        yield Document(tender.payment_id, [tender.reference])


@documents_of(EntryKind.DEPOSIT_TAKEN)
def deposits_taken(sources: Collection[UUID]) -> Iterator[Document]:
    for tender in DepositTender.objects.filter(deposit__in=sources).select_related("deposit"):
        yield Document(tender.deposit_id, [tender.deposit.number, tender.reference])


@documents_of(EntryKind.REFUND)
def refunds(sources: Collection[UUID]) -> Iterator[Document]:
    for refund in Refund.objects.filter(pk__in=sources):
        yield Document(refund.pk, [refund.number, refund.reference])


@documents_of(EntryKind.DEPOSIT_REFUNDED)
def deposits_refunded(sources: Collection[UUID]) -> Iterator[Document]:
    for refund in DepositRefund.objects.filter(pk__in=sources):
        yield Document(refund.pk, [refund.number or "", refund.reference])


@documents_of(EntryKind.FEES_PAID)
def fees_paid(sources: Collection[UUID]) -> Iterator[Document]:
    for payout in FeePayout.objects.filter(pk__in=sources):
        yield Document(payout.pk, [payout.number or "", payout.reference])


@documents_of(EntryKind.FUND_GRANT)
def grants(sources: Collection[UUID]) -> Iterator[Document]:
    for grant in FundGrant.objects.filter(pk__in=sources):
        yield Document(grant.pk, [grant.donor, grant.reference])


@documents_of(EntryKind.DEPOSIT_BANKED)
def deposits_banked(sources: Collection[UUID]) -> Iterator[Document]:
    for deposit in Deposit.objects.filter(pk__in=sources):
        yield Document(deposit.pk, [deposit.number, deposit.slip])
