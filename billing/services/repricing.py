"""Another payer may mean another price list: what a visit has pending is priced anew."""

import datetime
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from billing.errors import PriceMissing
from billing.models import Charge, Invoice, InvoiceLine
from billing.queries.quotes import Quote, quote_for_visit
from billing.services.charges import charge_by
from billing.services.drafts import put_on_draft
from billing.services.transitions import move, record
from billing.states import CHARGE_FLOW, ChargeStatus, InvoiceStatus


def reprice_pending(*, visit: Any, by: Any) -> int:
    """Price what is not invoiced yet by the lists that count for the visit's payer, each at its own moment.

    A charge is never edited: the one at the old price is cancelled, and another of the same event takes its place, on
    the same draft. Packages and what they hold stay. Returns how many changed. The caller has locked the visit's
    drafts and works them out anew. Raises PriceMissing, RateMissing.
    """
    pending = Charge.objects.filter(visit=visit, status=ChargeStatus.PENDING, package_sale__isnull=True)
    changed = 0
    for charge in pending.select_for_update(of=("self",), no_key=True).exclude(package_use__live=True).order_by("pk"):
        quote = _quote_of(charge, visit)
        if (quote.unit, quote.price_list.pk) != (charge.unit_money, charge.price_list_id):
            _replace(charge, quote, visit, by)
            changed += 1
    return changed


def _quote_of(charge: Charge, visit: Any) -> Quote:
    lasted = charge.explanation.get("lasted") or {}
    moment = datetime.datetime.fromisoformat(lasted["began"]) if lasted else charge.created_at
    quote = quote_for_visit(charge.service_code, visit, at=moment)
    if quote is None:
        raise PriceMissing(code="price_missing")
    return replace(quote, lasted=lasted)


def _replace(charge: Charge, quote: Quote, visit: Any, by: Any) -> None:
    draft = Invoice.objects.filter(lines__charge=charge, status=InvoiceStatus.DRAFT).first()
    InvoiceLine.objects.filter(charge=charge, invoice__status=InvoiceStatus.DRAFT).delete()
    reason = _("Priced anew for another payer")
    move(charge, flow=CHARGE_FLOW, verb="cancel", by=by, reason=reason, status_reason=reason)
    new = charge_by(
        quote,
        visit=visit,
        source_kind=charge.source_kind,
        source_id=charge.source_id,
        service_code=charge.service_code,
        quantity=charge.quantity,
        text=charge.detail,
        by=by,
    )
    new.performer_id, new.created_at = charge.performer_id, charge.created_at  # when and by whom it was done stays
    new.save(force_insert=True)
    record(new, verb="capture", from_status="", to_status=new.status, by=by)
    if draft:
        put_on_draft(draft, [new])
