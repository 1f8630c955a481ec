"""A batch as a table: what Cambodian schemes ask for in their monthly lists, one row a line of a claim."""

from collections.abc import Mapping
from uuid import UUID

from claims.adapters.enclosed import NOTHING, Enclosed
from claims.models import Batch, Claim
from core.tables import csv_table

COLUMNS = (
    *("batch", "claim", "member_number", "mrn", "family_name", "given_name", "sex", "birth_date", "province"),
    *(
        "visit_date",
        "invoice",
        "diagnoses",
        "line",
        "code",
        "service",
        "quantity",
        "currency",
        "amount",
        "claim_amount",
        "authorisation",
        "papers",
    ),
)


def as_csv(batch: Batch, claims: list[Claim], enclosed: Mapping[UUID, Enclosed]) -> bytes:
    """`papers` names files as they lie in the claim's folder of the batch's archive."""
    rows = (row for claim in claims for row in _rows(batch, claim, enclosed.get(claim.pk, NOTHING)))
    return csv_table(COLUMNS, rows)


def _rows(batch: Batch, claim: Claim, enclosed: Enclosed) -> list[tuple]:
    patient = claim.patient
    person = (
        claim.coverage.member_number,
        patient.mrn,
        patient.family_name,
        patient.given_name,
        patient.sex,
        patient.birth_date.isoformat(),
        patient.province,
    )
    codes = " ".join(one["code"] for one in claim.diagnoses)
    about = (batch.number, claim.number, *person, claim.service_date.isoformat(), claim.invoice.number, codes)
    return [
        (
            *about,
            line.position,
            line.service_code,
            line.text_en,
            line.quantity.normalize(),
            claim.currency,
            line.amount,
            claim.amount,
            " ".join(enclosed.authorisations),
            " ".join(paper.name for paper in enclosed.papers),
        )
        for line in claim.lines.all()
    ]
