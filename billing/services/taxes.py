"""Value added tax: which rate a line has, and the tax its amount includes."""

from collections.abc import Iterable
from decimal import Decimal

from billing.models import InvoiceLine, Service
from billing.pricing import ZERO, tax_included
from core.preferences import preference


def put_tax_on(lines: Iterable[InvoiceLine]) -> None:
    """Rate and tax of a draft's lines (with their charge's service): of what is paid for them, by whomever."""
    registered = preference("billing.vat_registered")
    for line in lines:
        line.tax_rate = rate_of(line.charge.service) if registered else ZERO
        line.tax = tax_included(line.net + line.covered + line.exempted, line.tax_rate, line.currency)


def rate_of(service: Service) -> Decimal:
    """The share of a service: its own, else its category's."""
    if service.tax_rate is not None:
        return service.tax_rate
    return Decimal(preference(f"billing.vat_{service.category}")) / 100
