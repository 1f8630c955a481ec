"""The first page of the pharmacy: what to review and dispense, what to hand over, what expires soon."""

from typing import Any

from django.http import HttpRequest

from core import home
from pharmacy.queries.prescriptions import worklist
from pharmacy.queries.stock import stock_list, store_of


def to_dispense(request: HttpRequest) -> dict[str, Any] | None:
    branch = request.workplace.branch
    return {"rows": home.first(worklist(request.user, branch=branch, tab="waiting"))} if branch else None


def to_hand_over(request: HttpRequest) -> dict[str, Any] | None:
    branch = request.workplace.branch
    return {"rows": home.first(worklist(request.user, branch=branch, tab="ready"))} if branch else None


def expiring(request: HttpRequest) -> dict[str, Any] | None:
    branch = request.workplace.branch
    store = store_of(branch) if branch else None
    return {"rows": home.first(stock_list(request.user, location=store, show="expiring"))} if store else None


home.register("pharmacy/home/dispense.html", order=10, permission="dispense:prepare", context=to_dispense)
home.register("pharmacy/home/hand_over.html", order=20, permission="dispense:hand_over", context=to_hand_over)
home.register("pharmacy/home/expiring.html", order=30, permission="stock:receive", context=expiring)
