"""Coming again after a consultation that was paid: free for some days, where the hospital says so."""

import datetime
from typing import Any

from billing.models import Category, Charge
from billing.states import InvoiceStatus
from core.preferences import preference


def consultation_before(visit: Any, day: datetime.date) -> str:
    """The visit whose paid consultation makes one on this day free, as its number and date; empty where none does.

    By the same doctor, or in the same department where the hospital wants that or no doctor is named. A free
    consultation makes no other one free, nor does one whose money was given back whole.
    """
    days = preference("billing.follow_up_days")
    if not days:
        return ""
    paid = Charge.objects.filter(
        patient=visit.patient_id,
        category=Category.CONSULTATION,
        amount__gt=0,
        visit__date__gte=day - datetime.timedelta(days=days),
        lines__live=True,
        lines__net__gt=0,
        lines__invoice__status=InvoiceStatus.PAID,
    ).exclude(visit=visit.pk)
    if preference("billing.follow_up_same") == "doctor" and visit.practitioner_id:
        paid = paid.filter(visit__practitioner=visit.practitioner_id)
    else:
        paid = paid.filter(visit__department=visit.department_id)
    credited = paid.filter(lines__credits__credit_note__status__in=["approved", "refunded"])
    found = paid.exclude(pk__in=credited.order_by().values("pk")).order_by("-visit__date", "-id")
    row = found.values_list("visit__number", "visit__date").first()
    return f"{row[0]} {row[1].isoformat()}" if row else ""
