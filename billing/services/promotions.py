"""Promotions: set up, asked for by their code, counted when an invoice that takes one is issued."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from billing.errors import PromotionCodeTaken, PromotionUnknown, PromotionUsedUp
from billing.models import Invoice, Promotion, PromotionUse
from billing.models.snapshot import SUFFIXES
from billing.queries.promotions import promotion_by_code
from billing.services.drafts import lock_draft, recompute
from core.models import lock_current


@transaction.atomic
def save_promotion(
    *, promotion: Promotion | None, version: int, names: Mapping[str, str], terms: Mapping[str, Any], by: Any
) -> Promotion:
    """A new promotion, or other terms of one from now on; issued invoices keep theirs.

    Raises PromotionCodeTaken, RecordChanged.
    """
    same_code = Promotion.objects.filter(code=terms["code"]).first()
    if same_code and same_code != promotion:
        raise PromotionCodeTaken()
    row = lock_current(Promotion, promotion.pk, version) if promotion else Promotion()
    for name, value in terms.items():
        setattr(row, name, value)
    for code, suffix in SUFFIXES.items():
        setattr(row, f"name_{suffix}", names.get(code) or names["en"])
    if promotion:
        row.touch_version()
        row.save(update_fields=[*_columns(terms), "version", "updated_at"])  # `used` is the database's own
    else:
        row.save(force_insert=True)
    return row


def _columns(terms: Mapping[str, Any]) -> list[str]:
    return ["name", *(f"name_{suffix}" for suffix in SUFFIXES.values()), *terms]


@transaction.atomic
def enter_promotion(*, invoice: Invoice, code: str, by: Any) -> Invoice:
    """Give a draft the code of a promotion; an empty one takes it back. The better of it and the tier counts.

    Raises PromotionUnknown for a code that is not in force, InvoiceNotDraft.
    """
    code = code.strip().upper()
    if code and promotion_by_code(code) is None:
        raise PromotionUnknown()
    invoice = lock_draft(invoice)
    invoice.promotion_code = code
    return recompute(invoice)


def use_promotion(invoice: Invoice) -> None:
    """Count the promotion of an invoice that is being issued; the database counts and refuses beyond the limit.

    Raises PromotionUsedUp when another invoice took the last one.
    """
    if invoice.promotion_id is None:
        return
    promotion = Promotion.objects.select_for_update(of=("self",), no_key=True).get(pk=invoice.promotion_id)
    if promotion.is_used_up:
        raise PromotionUsedUp()
    PromotionUse.objects.create(promotion=promotion, invoice=invoice)


def release_promotion(invoice: Invoice) -> None:
    """A voided invoice gives its promotion back."""
    PromotionUse.objects.filter(invoice=invoice, live=True).update(live=False)
