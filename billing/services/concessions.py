"""Asking that a patient pays less: small discounts count at once, others when somebody else has approved them."""

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.queries import staff_who_may
from billing import pricing
from billing.errors import (
    AlreadyDecided,
    ConcessionWaits,
    DecidesOwn,
    DiscountInvalid,
    FundShort,
    ReasonMissing,
)
from billing.models import Concession, ConcessionKind, DiscountSource, Fund, Invoice
from billing.models.snapshot import snapshot
from billing.services.drafts import lock_draft, recompute
from billing.services.funds import promised
from billing.services.transitions import move, record
from billing.states import DECISION_FLOW
from core.clock import now
from core.money import Money
from core.preferences import preference
from notifications.services import notify


@transaction.atomic
def ask_discount(*, invoice: Invoice, rate: Decimal, reason: str, by: Any) -> Concession | None:
    """A discount on a draft instead of tier or promotion: at once up to the hospital's limit (None), else asked for.

    Raises DiscountInvalid, ReasonMissing, ConcessionWaits, InvoiceNotDraft.
    """
    _check(rate, reason)
    invoice = lock_draft(invoice)
    if rate * 100 <= preference("billing.discount_limit"):
        grant_discount(invoice, rate=rate, reason=reason, by=by)
        return None
    return _ask(invoice, ConcessionKind.DISCOUNT, rate, reason, by)


@transaction.atomic
def ask_exemption(*, invoice: Invoice, fund: Fund, rate: Decimal, reason: str, by: Any) -> Concession:
    """Ask that a fund pays a share of what is left of a draft.

    Raises DiscountInvalid, ReasonMissing, ConcessionWaits, InvoiceNotDraft.
    """
    _check(rate, reason)
    return _ask(lock_draft(invoice), ConcessionKind.EXEMPTION, rate, reason, by, fund=fund)


@transaction.atomic
def approve_concession(*, concession: Concession, by: Any) -> Concession:
    """Let it count on the draft. Raises DecidesOwn, AlreadyDecided, InvoiceNotDraft, FundShort."""
    invoice, concession = _lock(concession, by)
    move(concession, flow=DECISION_FLOW, verb="approve", by=by, decided_by=by, decided_at=now())
    if concession.fund_id is None:
        asked_by, reason = concession.requested_by, concession.reason
        grant_discount(invoice, rate=concession.rate, reason=reason, by=asked_by, approved_by=by)
        return concession
    fund = Fund.objects.select_for_update(of=("self",), no_key=True).get(pk=concession.fund_id)
    invoice.fund, invoice.exempt_rate = fund, concession.rate
    invoice = recompute(invoice)
    needed = pricing.in_currency(Money(invoice.exempted, invoice.currency), fund.currency, invoice.rate)
    if needed.amount + promised(fund, besides=invoice) > fund.balance:
        raise FundShort()
    return concession


@transaction.atomic
def decline_concession(*, concession: Concession, reason: str, by: Any) -> Concession:
    """Refuse it, with a reason. Raises ReasonMissing, DecidesOwn, AlreadyDecided."""
    if not reason.strip():
        raise ReasonMissing()
    _invoice, concession = _lock(concession, by, still_draft=False)
    move(
        concession, flow=DECISION_FLOW, verb="decline", by=by, reason=reason, decline_reason=reason, decided_by=by,
        decided_at=now(),
    )  # fmt: skip
    return concession


@transaction.atomic
def drop_exemption(*, invoice: Invoice, by: Any) -> Invoice:
    """Let the patient pay the whole draft again; nothing was taken from the fund yet. Raises InvoiceNotDraft."""
    invoice = lock_draft(invoice)
    invoice.fund, invoice.exempt_rate = None, Decimal(0)
    return recompute(invoice)


def grant_discount(invoice: Invoice, *, rate: Decimal, reason: str, by: Any, approved_by: Any = None) -> Invoice:
    """Put a discount on a locked draft instead of tier or promotion."""
    invoice.discount_rate, invoice.discount_source, invoice.promotion = rate, DiscountSource.OVERRIDE, None
    invoice.discount_reason, invoice.discount_by, invoice.discount_approved_by = reason, by, approved_by
    for column, text in snapshot("discount_label", _("Granted by management")).items():
        setattr(invoice, column, text)
    return recompute(invoice)


def _check(rate: Decimal, reason: str) -> None:
    if not Decimal(0) < rate <= Decimal(1):
        raise DiscountInvalid()
    if not reason.strip():
        raise ReasonMissing()


def _ask(
    invoice: Invoice, kind: ConcessionKind, rate: Decimal, reason: str, by: Any, fund: Fund | None = None
) -> Concession:
    try:
        with transaction.atomic():
            concession = Concession.objects.create(
                invoice=invoice, kind=kind, fund=fund, rate=rate, reason=reason, requested_by=by
            )
    except IntegrityError as error:
        raise ConcessionWaits() from error
    record(concession, verb="request", from_status="", to_status=concession.status, by=by, reason=reason)
    notify(
        users=staff_who_may("concession:approve").exclude(pk=by.pk),
        kind="concession",
        text=gettext_noop("A discount or an exemption waits for your decision."),
        url=reverse("billing:concession-detail", args=[concession.pk], urlconf="config.urls_portal"),
    )
    return concession


def _lock(concession: Concession, by: Any, *, still_draft: bool = True) -> tuple[Invoice, Concession]:
    """Invoice before concession, in this order everywhere."""
    invoice = lock_draft(concession.invoice) if still_draft else concession.invoice
    rows = Concession.objects.select_for_update(of=("self",), no_key=True).select_related("fund", "requested_by")
    concession = rows.get(pk=concession.pk)
    if not concession.can_decide:
        raise AlreadyDecided()
    if concession.requested_by_id == by.pk:
        raise DecidesOwn()
    return invoice, concession
