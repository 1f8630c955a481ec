"""What goes with claims when they leave the house: read at that moment, so that nothing withdrawn goes along."""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.core.files.storage import default_storage

from audit.services import record_export
from billing.models import InvoiceLine
from billing.services.covers import item_of
from claims.adapters.enclosed import Enclosed, Paper, as_zip
from claims.adapters.fhir import as_bundle
from claims.adapters.table import as_csv
from claims.models import Batch, Claim
from claims.queries import claims_of_batch, papers_to_send
from claims.states import Way
from insurance.queries import granted_numbers
from patients.consents import withhold
from patients.models import PatientDocument
from patients.states import ConsentPurpose


def enclosed_with(claims: Sequence[Claim]) -> dict[UUID, Enclosed]:
    """Authorisation numbers and papers of each claim; papers the payer may not see stay, and the trail says so."""
    papers, staying = papers_to_send(claims)
    for patient, answer in {claim.patient: answer for claim, answer in staying.items()}.items():
        withhold(patient, ConsentPurpose.SHARE_INSURER, answer, "claim_papers")
    numbers = authorisations_of(claims)
    return {
        claim.pk: Enclosed(
            tuple(numbers[claim.pk]),
            tuple(Paper(document, place) for place, document in enumerate(papers.get(claim.pk, ()), start=1)),
        )
        for claim in claims
    }


def authorisations_of(claims: Collection[Claim]) -> dict[UUID, list[str]]:
    """The numbers of authorisations that count for what the payer covers of each claim's invoice; two queries."""
    granted = granted_numbers({claim.coverage_id for claim in claims})
    covered = InvoiceLine.objects.filter(invoice__in=[claim.invoice_id for claim in claims], covered__gt=0)
    items: dict[UUID, list] = {claim.invoice_id: [] for claim in claims}
    for line in covered.select_related("charge", "invoice__visit").order_by("id"):
        items[line.invoice_id].append(item_of(line, line.invoice.visit))
    return {
        claim.pk: list(
            dict.fromkeys(
                number
                for leave, number in granted.get(claim.coverage_id, ())
                if any(leave.counts_for(item) for item in items[claim.invoice_id])
            )
        )
        for claim in claims
    }


def archive_of(batch: Batch, part: Collection[Claim]) -> bytes:
    """The batch's file, and the papers of some of its claims in folders named by the claims' numbers."""
    claims = claims_of_batch(batch)
    enclosed = enclosed_with(claims)

    def files() -> Iterator[tuple[str, bytes]]:
        if batch.way == Way.CSV:
            yield f"{batch.number}.csv", as_csv(batch, claims, enclosed)
        else:
            yield f"{batch.number}.json", as_bundle(batch, claims, enclosed)
        for claim in part:
            papers = enclosed[claim.pk].papers
            if papers:
                record_export("claims:archive", patient_id=claim.patient_id, claim=claim.number, papers=len(papers))
            for paper in papers:
                yield f"{claim.number}/{paper.name}", content_of(paper.document)

    return as_zip(files())


def content_of(document: PatientDocument) -> bytes:
    """The paper itself, decrypted."""
    with default_storage.open(document.name) as file:
        return file.read()
