"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold

BOOKS = "the hospital's own books; the invoice and its payments are handed out"

hold("billing.Charge", path="patient", resource="ChargeItem")
hold("billing.Invoice", path="patient", resource="Invoice")
hold("billing.InvoiceLine", path="invoice__patient", resource="Invoice")
hold("billing.Payment", path="invoice__patient", resource="PaymentReconciliation")
hold("billing.Tender", path="payment__invoice__patient", resource="PaymentReconciliation")
hold("billing.Change", path="payment__invoice__patient", resource="PaymentReconciliation")
hold("billing.ReceiptPrint", path="payment__invoice__patient", resource="Provenance")
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
