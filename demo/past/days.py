"""Finished days: everything but money first, then each day's payments in the day's shift."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from demo.past.bills import Bill, add_bill, issue, settle_invoices
from demo.past.clinic import add_record
from demo.past.ground import Ground
from demo.past.laboratory import add_order
from demo.past.pharmacy import Shelf, add_prescription, possible
from demo.past.points import Cards
from demo.past.sheets import AT_LAST, BEFORE_ISSUE, Sheets
from demo.past.tills import write_till
from demo.past.visits import Coming, add_visit
from demo.services.numbers import take_numbers
from queueing.services.queues import open_queue


@dataclass(frozen=True)
class Day:
    """One day of one branch and who came."""

    ground: Ground
    date: date
    comings: Sequence[Coming]


def write_days(days: Sequence[Day]) -> None:
    """Write days, given oldest first, inside the caller's transaction. Whoever comes is registered already."""
    if not days:
        return
    sheets = Sheets()
    bills = list(_add_visits(sheets, days))
    everyone = [bill for of_day in bills for bill in of_day]
    sheets.write(BEFORE_ISSUE)
    issue(everyone)
    cards = Cards(bill.invoice.family_id for bill in everyone)
    for day, of_day in zip(days, bills, strict=True):
        write_till(sheets, day.ground, cards, day.date, of_day)
    sheets.write(AT_LAST)
    cards.write_back()
    settle_invoices(everyone)


def _add_visits(sheets: Sheets, days: Sequence[Day]) -> Iterator[list[Bill]]:
    """Day by day the bills of what was done; at last the shelves are as it left them."""
    number = take_numbers("patients.visit", sum(len(day.comings) for day in days))
    stores = {day.ground.store.pk: day.ground.store for day in days if day.ground.store}
    shelves = {pk: Shelf(store) for pk, store in stores.items()}
    for day in days:
        _add_arrivals(sheets, day, number)
        number += len(day.comings)
        shelf = shelves[day.ground.store.pk] if day.ground.store else None
        yield [_live(sheets, day, coming, shelf) for coming in day.comings]
    for shelf in shelves.values():
        shelf.write_back()


def _add_arrivals(sheets: Sheets, day: Day, first: int) -> None:
    ground = day.ground
    queues = {
        doctor.pk: open_queue(branch=ground.branch, department=ground.opd, practitioner=doctor, date=day.date)
        for doctor in {coming.doctor for coming in day.comings}
    }
    for number, coming in enumerate(day.comings, start=first):
        add_visit(sheets, ground, coming, queues[coming.doctor.pk], day.date, number)
    for queue in queues.values():
        queue.save(update_fields=["last_number", "updated_at"])


def _live(sheets: Sheets, day: Day, coming: Coming, shelf: Shelf | None) -> Bill:
    ground = day.ground
    add_record(sheets, ground, coming, day.date)
    if coming.panels or coming.tests:
        add_order(sheets, ground, coming, day.date, take_numbers("laboratory.order", 1))
    drugs = possible(ground, shelf, coming, day.date) if shelf else []
    if shelf and drugs:
        number = take_numbers("pharmacy.prescription", 1)
        add_prescription(sheets, ground, shelf, coming, day.date, drugs, number)
    return add_bill(sheets, ground, coming)
