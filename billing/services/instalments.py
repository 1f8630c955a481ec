"""Agreeing with a patient to pay in parts, and ending that."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

from django.db import IntegrityError, transaction

from billing.errors import InvoiceChanged, InvoiceNotOwing
from billing.errors_debts import PlanDatesWrong, PlanMissing, PlanStands
from billing.models import Instalment, InstalmentPlan, Invoice
from billing.services.drafts import lock_invoice
from core.clock import today


@transaction.atomic
def agree_plan(
    *, invoice: Invoice, parts: Sequence[tuple[datetime.date, Decimal]], by: Any, note: str = ""
) -> InstalmentPlan:
    """Pay what is due in these parts, by day and amount. Raises InvoiceNotOwing, PlanDatesWrong, PlanStands.

    Parts that do not come to what is due now raise InvoiceChanged: something was paid meanwhile.
    """
    invoice = lock_invoice(invoice)
    if not invoice.is_owing:
        raise InvoiceNotOwing()
    days = [day for day, _amount in parts]
    if not days or days[0] < today() or any(later <= earlier for earlier, later in pairwise(days)):
        raise PlanDatesWrong()
    if sum((amount for _day, amount in parts), Decimal(0)) != invoice.balance:
        raise InvoiceChanged()
    try:
        with transaction.atomic():
            plan = InstalmentPlan.objects.create(
                invoice=invoice, currency=invoice.currency, total=invoice.balance, note=note, agreed_by=by
            )
    except IntegrityError as error:
        raise PlanStands() from error
    sums = accumulate(amount for _day, amount in parts)
    Instalment.objects.bulk_create(
        Instalment(plan=plan, position=place, due_on=day, currency=plan.currency, amount=amount, reaches=reaches)
        for place, ((day, amount), reaches) in enumerate(zip(parts, sums, strict=True), start=1)
    )
    return plan


@transaction.atomic
def end_plan(*, invoice: Invoice, by: Any) -> InstalmentPlan:
    """The plan counts no longer: all is due again as the invoice says; it stays readable. Raises PlanMissing."""
    lock_invoice(invoice)
    plan = InstalmentPlan.objects.filter(invoice=invoice, is_active=True).first()
    if plan is None:
        raise PlanMissing()
    plan.is_active, plan.ended_by = False, by
    plan.save(update_fields=["is_active", "ended_by", "updated_at"])
    return plan
