"""By which words a bank may name what a payer paid or took back: claim by claim, or a remittance in one transfer."""

from collections.abc import Collection, Iterator
from uuid import UUID

from billing.models import EntryKind
from cashoffice.documents import Document, documents_of
from claims.models import RemittanceLine


@documents_of(EntryKind.PAYER_PAYMENT)
@documents_of(EntryKind.PAYER_RETURNED)
def remittances(sources: Collection[UUID]) -> Iterator[Document]:
    for line in RemittanceLine.objects.filter(pk__in=sources).select_related("remittance", "claim"):
        remittance = line.remittance
        words = (remittance.number, remittance.reference, line.claim.number)
        yield Document(line.pk, words, group=remittance.pk, name=remittance.number)
