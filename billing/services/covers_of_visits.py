"""Choosing at the cash desk what a visit is billed to; its drafts are worked out anew."""

from typing import Any

from django.db import transaction

from billing.models import Invoice
from billing.services.drafts import lock_invoice, recompute
from billing.services.repricing import reprice_pending
from billing.states import InvoiceStatus
from insurance.models import CaseRate, Coverage
from insurance.services.visits import cover_visit, uncover_visit


@transaction.atomic
def choose_coverage(*, visit: Any, coverage: Coverage | None, case_rate: CaseRate | None = None, by: Any) -> int:
    """Bill a visit to a coverage of its patient, or to the patient (None). Returns how many charges cost another price.

    What is not invoiced yet is priced anew. Raises insurance.errors, InvoiceNotDraft, PriceMissing, RateMissing.
    """
    drafts = [lock_invoice(one) for one in Invoice.objects.filter(visit=visit, status=InvoiceStatus.DRAFT)]
    if coverage is None:
        uncover_visit(visit=visit, by=by)
    else:
        cover_visit(visit=visit, coverage=coverage, case_rate=case_rate, by=by)
    repriced = reprice_pending(visit=visit, by=by)
    for draft in drafts:
        if draft.is_draft:
            draft.payer = visit.payer
            recompute(draft)
    return repriced
