"""Prices, charges, bills and shifts as a morning at the cash desk leaves them."""

import itertools
from decimal import Decimal
from typing import Any

from accounts.models import Branch, User
from billing.models import Charge, Drawer, ExchangeRate, Invoice, Shift
from billing.pricing import Paid
from billing.services.catalogue import set_price
from billing.services.charges import capture
from billing.services.drawers import save_drawer
from billing.services.invoices import draft_invoice, issue_invoice
from billing.services.rates import set_rate
from billing.services.shifts import open_shift
from core.ids import new_id
from patients.models import Visit
from tests.factories.queueing import make_visit

_codes = itertools.count(1)
FLOAT = {"USD": {20: 2, 10: 4, 1: 20}, "KHR": {10_000: 10, 1_000: 50, 100: 100}}  # 100 dollars, 160,000 riel


def user(username: str) -> User:
    return User.objects.get(username=username)


def new_visit(**fields: Any) -> Visit:
    """An open outpatient visit of somebody new, written straight to the tables: hundreds are made in a test."""
    return make_visit(by=fields.pop("by", None) or user("receptionist"), **fields)


def rate(riel: int | str = 4100) -> ExchangeRate:
    return set_rate(riel_per_dollar=Decimal(riel), source="National Bank of Cambodia")


def have_rate() -> None:
    if not ExchangeRate.objects.exists():
        rate()


def price(amount: str | int = "10.00", currency: str = "USD", *, code: str = "", category: str = "consultation") -> str:
    """A service with today's price; returns its code."""
    code = code or f"TEST{next(_codes)}"
    set_price(code=code, name={"en": f"Service {code}"}, category=category, amount=Decimal(amount), currency=currency)
    return code


def charge(amount: str | int = "10.00", currency: str = "USD", *, visit: Visit | None = None, **fields: Any) -> Charge:
    """Something that happened in a visit and costs `amount`."""
    facts = {"source_kind": "test.event", "source_id": new_id(), "quantity": Decimal(1), "text": "", **fields}
    category = facts.pop("category", "consultation")
    code = facts.pop("service_code", None) or price(amount, currency, category=category)
    by = facts.pop("by", None) or user("doctor")
    return capture(visit=visit or new_visit(), service_code=code, by=by, **facts)


def invoice(*amounts: tuple[str | int, str], visit: Any = None, by: User | None = None) -> Invoice:
    """An issued invoice over the amounts (10 dollars unless said); sets a rate when there is none."""
    have_rate()
    by = by or user("cashier")
    visit = visit or new_visit()
    for amount, currency in amounts or (("10.00", "USD"),):
        charge(amount, currency, visit=visit)
    return issue_invoice(invoice=draft_invoice(visit=visit, by=by), by=by)


def drawer(code: str = "D1", branch: Branch | None = None) -> Drawer:
    return save_drawer(branch=branch or Branch.objects.order_by("code").first(), code=code, name=f"Drawer {code}")


def shift(cashier: User | None = None, *, code: str = "D1", counts: Any = None) -> Shift:
    """An open shift with a hundred dollars and 160,000 riel in the drawer; sets a rate when there is none."""
    have_rate()
    return open_shift(drawer=drawer(code), counts=FLOAT if counts is None else counts, by=cashier or user("cashier"))


def usd(amount: str | int, method: str = "cash") -> Paid:
    return Paid(method, "USD", Decimal(amount))


def khr(amount: str | int, method: str = "cash") -> Paid:
    return Paid(method, "KHR", Decimal(amount))
