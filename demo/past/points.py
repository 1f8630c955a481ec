"""The points of families: one entry for each paid invoice, balances moved with them."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from billing import pricing
from core.preferences import preference
from crm.models import FamilyMembership, PointEntry
from crm.services.points import points_for
from demo.past.bills import Bill
from demo.past.ground import RATE
from demo.past.sheets import Sheets
from demo.services.numbers import take_numbers


class Cards:
    """The memberships of the families that come; one that has none gets its card with the first points."""

    def __init__(self, families: Iterable[UUID]) -> None:
        wanted = set(families)
        self.held = {card.family_id: card for card in FamilyMembership.objects.filter(family__in=wanted)}
        self.shape = preference("crm.card_format")
        new = len(wanted) - len(self.held)
        self.number = take_numbers("crm.card", new) if new else 0
        self.opened: set[UUID] = set()

    def credit(self, sheets: Sheets, bill: Bill) -> PointEntry | None:
        """The points of a paid invoice; None when it gives none."""
        points = points_for(pricing.points_value(bill.due, RATE))
        if points <= 0:
            return None
        card = self._card_of(sheets, bill)
        card.balance += points
        card.earned += points
        return sheets.add(
            PointEntry,
            bill.coming.paid,
            membership=card,
            kind="earned",
            points=points,
            balance_after=card.balance,
            source_kind="invoice",
            source_id=bill.invoice.pk,
            by=bill.ground.cashier,
        )

    def _card_of(self, sheets: Sheets, bill: Bill) -> FamilyMembership:
        family = bill.invoice.family_id
        if family not in self.held:
            self.held[family] = sheets.add(
                FamilyMembership,
                bill.coming.paid,
                family_id=family,
                card_number=self.shape.format(number=self.number),
                balance=Decimal(0),
                earned=Decimal(0),
            )
            self.opened.add(family)
            self.number += 1
        return self.held[family]

    def write_back(self) -> None:
        """Bring the cards that were there before to their new balances."""
        cards = [card for family, card in self.held.items() if family not in self.opened]
        FamilyMembership.objects.bulk_update(cards, ["balance", "earned"])
