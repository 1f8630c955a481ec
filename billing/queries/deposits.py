"""Reading deposits: what is held for whom, how it moved, and which refunds wait."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from billing.access import deposits_in_sight, refunds_in_sight, refunds_to_act_on, served_patients
from billing.models import Deposit, DepositAccount, DepositMove, DepositRefund, Posting
from core.money import Money
from patients.models import Patient


def accounts_for(patient_id: UUID, family_id: UUID | None) -> QuerySet[DepositAccount]:
    """What may pay the bills of a patient: held for them, or for their family."""
    return DepositAccount.objects.filter(Q(patient=patient_id) | Q(family=family_id, family__isnull=False))


def held_for(patient_id: UUID, family_id: UUID | None) -> list[Money]:
    """What may pay the bills of a patient, by currency; one query."""
    rows = accounts_for(patient_id, family_id).filter(balance__gt=0).order_by("-currency").values("currency")
    return [Money(row["sum"], row["currency"]) for row in rows.annotate(sum=Sum("balance"))]


def held_in_all() -> list[Money]:
    """All deposits the hospital owes, by currency: from the ledger."""
    rows = Posting.objects.filter(account__key="deposits").order_by("-currency").values("currency")
    return [Money(-row["sum"], row["currency"]) for row in rows.annotate(sum=Sum("amount")) if row["sum"]]


def visible_payers(user: Any) -> QuerySet[Patient]:
    """Patients whose deposits this user may see and take."""
    return Patient.objects.select_related("family").filter(served_patients(user))


def visible_accounts(user: Any) -> QuerySet[DepositAccount]:
    """What is held, newest move first, for patients in sight; a family's through any member in sight."""
    seen = visible_payers(user).order_by().values("pk")
    accounts = DepositAccount.objects.filter(balance__gt=0).select_related("patient", "family")
    return accounts.filter(Q(patient__in=seen) | Q(family__members__in=seen)).distinct().order_by("-updated_at", "-pk")


def moves_for(patient: Patient) -> QuerySet[DepositMove]:
    """How what is held for a patient and the family moved, newest first."""
    moves = DepositMove.objects.filter(account__in=accounts_for(patient.pk, patient.family_id))
    return moves.select_related("account", "deposit", "payment", "refund", "credit", "entry").order_by("-id")


def visible_deposits(user: Any) -> QuerySet[Deposit]:
    deposits = Deposit.objects.select_related("patient", "branch", "shift", "cashier").prefetch_related("tenders")
    return deposits.filter(deposits_in_sight(user))


def visible_refunds(user: Any) -> QuerySet[DepositRefund]:
    """Refunds of deposits this user may read, newest first."""
    refunds = DepositRefund.objects.select_related(
        "patient", "account", "requested_by", "decided_by", "cashier", "shift__branch"
    )
    return refunds.filter(refunds_in_sight(user)).order_by("-id")


def waiting_refunds(user: Any) -> QuerySet[DepositRefund]:
    """What this user may decide or pay out now."""
    return visible_refunds(user).filter(refunds_to_act_on(user))


def refunds_waiting(user: Any) -> int:
    """How many refunds of deposits wait for this user: for the menu."""
    return DepositRefund.objects.filter(refunds_to_act_on(user)).count()


def left_to_refund(account: DepositAccount) -> Decimal:
    """What is held and not yet asked back."""
    asked = account.refunds.filter(status__in=["requested", "approved"]).aggregate(sum=Sum("amount"))["sum"]
    return account.balance - (asked or Decimal(0))
