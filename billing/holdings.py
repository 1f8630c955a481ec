"""What this room holds about a patient; see patients.holdings."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import Charge, CreditNote, DepositAccount, Invoice, WriteOff
from billing.states import OPEN_INVOICES, ChargeStatus, CreditStatus, WriteOffStatus
from patients.hindrances import hinders
from patients.holdings import hold

BOOKS = "the hospital's own books; the invoice and its payments are handed out"

hold("billing.Charge", path="patient", resource="ChargeItem")
hold("billing.Invoice", path="patient", resource="Invoice")
hold("billing.InvoiceLine", path="invoice__patient", resource="Invoice")
hold("billing.PayerShare", path="invoice__patient", resource="Claim")
hold("billing.Payment", path="invoice__patient", resource="PaymentReconciliation")
hold("billing.Tender", path="payment__invoice__patient", resource="PaymentReconciliation")
hold("billing.Change", path="payment__invoice__patient", resource="PaymentReconciliation")
hold("billing.ReceiptPrint", path="payment__invoice__patient", resource="Provenance")
hold("billing.InvoicePrint", path="invoice__patient", resource="Provenance")
hold("billing.DepositPrint", path="deposit__patient", resource="Provenance")
hold("billing.DepositRefundPrint", path="deposit_refund__patient", resource="Provenance")
hold("billing.CreditPrint", path="credit_note__invoice__patient", resource="Provenance")
hold("billing.RefundPrint", path="refund__credit_note__invoice__patient", resource="Provenance")
hold("billing.StatementPrint", path="patient", resource="Provenance")
hold("billing.Concession", path="invoice__patient", resource="Invoice")
hold("billing.PackageSale", path="patient", resource="ChargeItem")
hold("billing.PackageCover", path="sale__patient", resource="ChargeItem")
hold("billing.PackageUse", path="charge__patient", resource="ChargeItem")
hold("billing.PromotionUse", path="invoice__patient", resource="Invoice")
hold("billing.CreditNote", path="invoice__patient", resource="Invoice")
hold("billing.CreditLine", path="credit_note__invoice__patient", resource="Invoice")
hold("billing.InstalmentPlan", path="invoice__patient", resource="Invoice")
hold("billing.Instalment", path="plan__invoice__patient", resource="Invoice")
hold("billing.Reminder", path="invoice__patient", resource="Communication")
hold("billing.WriteOff", path="invoice__patient", resource="Invoice")
hold("billing.Refund", path="credit_note__invoice__patient", resource="PaymentReconciliation")
hold("billing.RefundPart", path="refund__credit_note__invoice__patient", resource="PaymentReconciliation")
hold("billing.DepositAccount", path="patient", resource="Account")
hold("billing.Deposit", path="patient", resource="PaymentReconciliation")
hold("billing.DepositTender", path="deposit__patient", resource="PaymentReconciliation")
hold("billing.DepositRefund", path="patient", resource="PaymentReconciliation")
hold("billing.DepositRefundPart", path="refund__patient", resource="PaymentReconciliation")
hold("billing.DepositMove", path="account__patient", resource="Account")
hold(
    "billing.Entry",
    path="invoice__patient",
    resource="Basic",
    why_kept_in=BOOKS,
)
hold(
    "billing.Posting",
    path="entry__invoice__patient",
    resource="Basic",
    why_kept_in=BOOKS,
)
hold("billing.FeeMove", path="line__invoice__patient", resource="Basic", why_kept_in=BOOKS)


@hinders(_("An invoice or a charge is open."))
def owing(patients: Collection[UUID]) -> QuerySet:
    """Patients with something to be invoiced or collected."""
    invoices = Invoice.objects.filter(patient__in=patients, status__in=OPEN_INVOICES).values_list("patient", flat=True)
    charges = Charge.objects.filter(patient__in=patients, status=ChargeStatus.PENDING).values_list("patient", flat=True)
    return invoices.union(charges)


@hinders(_("A credit note waits to be decided or paid out."))
def credited(patients: Collection[UUID]) -> QuerySet:
    """Patients to whom the hospital may owe money."""
    waiting = Q(status=CreditStatus.REQUESTED) | Q(status=CreditStatus.APPROVED, to_refund__gt=0)
    return CreditNote.objects.filter(waiting, invoice__patient__in=patients).values_list("invoice__patient", flat=True)


@hinders(_("A write-off waits to be decided."))
def writing_off(patients: Collection[UUID]) -> QuerySet:
    """Patients of whose debt somebody has yet to decide."""
    waiting = WriteOff.objects.filter(status=WriteOffStatus.REQUESTED, invoice__patient__in=patients)
    return waiting.values_list("invoice__patient", flat=True)


@hinders(_("A deposit is held."))
def held(patients: Collection[UUID]) -> QuerySet:
    """Patients whose money the hospital holds."""
    return DepositAccount.objects.filter(balance__gt=0, patient__in=patients).values_list("patient", flat=True)
