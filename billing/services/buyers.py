"""For whom an invoice is made out, where that is not the patient: a company and its tax number."""

from typing import Any

from django.db import transaction

from billing.models import Invoice
from billing.services.drafts import lock_draft


@transaction.atomic
def set_buyer(*, invoice: Invoice, buyer: str, tax_number: str, by: Any) -> Invoice:
    """Put a name and a tax number on a draft, or take them off; issued they are frozen. Raises InvoiceNotDraft."""
    invoice = lock_draft(invoice)
    invoice.buyer, invoice.buyer_tax_number = buyer.strip(), tax_number.strip()
    invoice.touch_version()
    invoice.save()
    return invoice
