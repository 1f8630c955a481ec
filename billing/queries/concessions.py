"""Reading concessions and funds: what waits, and what one may see."""

from typing import Any

from django.db.models import Q, QuerySet

from billing.models import Concession, Fund, FundGrant
from billing.queries.worklist import visible_invoices
from billing.states import DecisionStatus, InvoiceStatus


def visible_concessions(user: Any) -> QuerySet[Concession]:
    """Concessions of invoices this user may read, newest first; whoever decides sees what waits for them."""
    rows = Concession.objects.select_related("invoice__patient", "invoice__visit", "fund", "requested_by", "decided_by")
    seen = Q(invoice__in=visible_invoices(user).order_by().values("pk"))
    return rows.filter(seen | to_decide(user)).order_by("-id")


def to_decide(user: Any) -> Q:
    """What this person may decide now: asked for by others, on a draft."""
    if not user.may("concession:approve"):
        return Q(pk__in=[])
    return Q(status=DecisionStatus.REQUESTED, invoice__status=InvoiceStatus.DRAFT) & ~Q(requested_by=user)


def waiting_concessions(user: Any) -> QuerySet[Concession]:
    return visible_concessions(user).filter(to_decide(user))


def concessions_waiting(user: Any) -> int:
    """How many wait for this user: for the menu."""
    return waiting_concessions(user).order_by().count()


def concessions_of(invoice: Any) -> QuerySet[Concession]:
    """What was asked for on an invoice, newest first."""
    return Concession.objects.filter(invoice=invoice).select_related("fund", "requested_by", "decided_by")


def exemption_of(invoice: Any) -> Concession | None:
    """What was asked for and approved so that the invoice's fund pays; the latest where there were several."""
    return concessions_of(invoice).filter(fund=invoice.fund_id, status=DecisionStatus.APPROVED).order_by("-id").first()


def active_funds() -> QuerySet[Fund]:
    return Fund.objects.filter(is_active=True).order_by("code")


def grants_of(fund: Fund) -> QuerySet[FundGrant]:
    return FundGrant.objects.filter(fund=fund).select_related("requested_by", "decided_by").order_by("-id")
