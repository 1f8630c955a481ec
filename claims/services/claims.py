"""Claims are made from issued invoices, completed with papers, and withdrawn."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from billing.models import Invoice, PayerShare
from billing.models.snapshot import SUFFIXES, copy_snapshot
from billing.queries.credits import covered_by_line
from billing.services.numbers import paper_number
from billing.services.payers import set_claimed
from claims.errors import (
    ClaimNotDraft,
    ClaimSettledInPart,
    NothingToClaim,
    PaperOfAnother,
    PapersTooLarge,
    ReasonNeeded,
)
from claims.models import Claim, ClaimLine, ClaimMove, ClaimPaper
from claims.queries import LARGEST_PAPERS
from claims.services.moves import lock_claim, move
from claims.states import DispositionStatus
from clinical.models import Diagnosis
from clinical.states import RecordStatus
from core.errors import DomainError
from insurance.queries import coverage_of_visit
from patients.models import PatientDocument


@transaction.atomic
def make_claim(*, invoice: Invoice, by: Any) -> Claim:
    """Claim what the payer owes of an issued invoice, with the diagnoses of the visit. Raises NothingToClaim."""
    try:
        share = set_claimed(invoice=invoice, claimed=True)
    except DomainError as error:
        raise NothingToClaim() from error
    claim = Claim.objects.create(
        number=paper_number("claim", "CL", invoice.branch),
        payer_id=share.payer_id,
        coverage_id=share.coverage_id,
        patient_id=invoice.patient_id,
        invoice=invoice,
        service_date=invoice.visit.date,
        currency=share.currency,
        amount=share.open_amount,
        diagnoses=_diagnoses(invoice.visit_id),
        made_by=by,
    )
    ClaimLine.objects.bulk_create(_lines(claim, share, invoice))
    ClaimMove.objects.create(claim=claim, verb="make", to_status=claim.status, by=by)
    return claim


@transaction.atomic
def withdraw_claim(*, claim: Claim, reason: str, by: Any) -> Claim:
    """Take a claim back of which nothing was paid or decided: its invoice may be claimed anew, voided or credited.

    Raises ReasonNeeded, ClaimSettledInPart, MoveNotAllowed.
    """
    if not reason.strip():
        raise ReasonNeeded()
    claim = lock_claim(claim)
    if not claim.is_untouched or claim.dispositions.filter(status=DispositionStatus.REQUESTED).exists():
        raise ClaimSettledInPart()
    move(claim, "withdraw", by=by, reason=reason)
    set_claimed(invoice=claim.invoice, claimed=False)
    return claim


@transaction.atomic
def add_paper(*, claim: Claim, document: PatientDocument, by: Any) -> ClaimPaper:
    """Let a paper of the patient's record go with a draft. Raises ClaimNotDraft, PaperOfAnother, PapersTooLarge."""
    claim = lock_claim(claim)
    if not claim.is_draft:
        raise ClaimNotDraft()
    if document.patient_id != claim.patient_id or document.removed_at:
        raise PaperOfAnother()
    others = claim.papers.filter(document__removed_at=None).exclude(document=document)
    if (others.aggregate(size=Sum("document__size"))["size"] or 0) + document.size > LARGEST_PAPERS:
        raise PapersTooLarge(size=LARGEST_PAPERS // 1024**2)
    return ClaimPaper.objects.get_or_create(claim=claim, document=document, defaults={"added_by": by})[0]


def _diagnoses(visit_id: UUID) -> list[dict[str, str]]:
    found = Diagnosis.objects.filter(encounter__visit=visit_id, status=RecordStatus.ACTIVE)
    return [{"code": one.code, "text": one.text, "role": one.role} for one in found]


def _lines(claim: Claim, share: PayerShare, invoice: Invoice) -> list[ClaimLine]:
    """One line for the case where a flat fee is paid, else what is left of the payer's part of each line."""
    row = coverage_of_visit(invoice.visit_id)
    if claim.coverage.contract.is_case_based:
        rate = row.case_rate if row else None
        names = {f"text_{suffix}": getattr(rate, f"name_{suffix}", "") or "" for suffix in SUFFIXES.values()}
        code = rate.code if rate else claim.coverage.contract.code
        names["text_en"] = names["text_en"] or claim.coverage.contract.name
        return [_line(claim, 1, code, Decimal(1), claim.amount, None, names)]
    credited = covered_by_line(invoice.pk)
    lines = []
    for line in invoice.lines.all():
        left = line.covered - credited.get(line.pk, Decimal(0))
        if left:
            texts = copy_snapshot(line, "text")
            lines.append(_line(claim, len(lines) + 1, line.service_code, line.quantity, left, line, texts))
    return lines


def _line(
    claim: Claim, position: int, code: str, quantity: Decimal, amount: Decimal, line: Any, texts: dict[str, str]
) -> ClaimLine:
    return ClaimLine(
        claim=claim,
        invoice_line=line,
        position=position,
        service_code=code,
        quantity=quantity,
        currency=claim.currency,
        amount=amount,
        **texts,
    )
