"""What this room holds about a patient; see patients.holdings."""

from patients.holdings import hold

hold("gateways.QrRequest", path="invoice__patient", resource="PaymentNotice")
hold("gateways.QrReceipt", path="request__invoice__patient", resource="PaymentReconciliation")
hold("gateways.Checkout", path="patient", resource="PaymentNotice")
hold("gateways.StripeEvent", path="checkout__patient", resource="Provenance")
