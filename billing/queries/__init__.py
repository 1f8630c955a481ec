"""What other rooms read of the cash office."""

from billing.queries.bills import unpaid_charges, visit_is_settled, visits_settled
from billing.queries.catalogue import current_rate, price_in_force, prices_in_force

__all__ = [
    "current_rate",
    "price_in_force",
    "prices_in_force",
    "unpaid_charges",
    "visit_is_settled",
    "visits_settled",
]
