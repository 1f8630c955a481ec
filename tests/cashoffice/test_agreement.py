"""Whoever changes statements or drawers behind the triggers is found by the comparison of the books, with the entry."""

from decimal import Decimal as D

import pytest

from accounts.models import Branch
from billing.models import Entry, EntryKind
from billing.queries.comparing import ledger_disagreements
from billing.services.shifts import close_shift, count_shift
from cashoffice.services.matches import post_line
from cashoffice.services.statements import accept_statement
from tests.cashoffice.test_matching import imported, mt940, paid
from tests.factories import billing as make
from tests.support.owning import as_owner

LINES = "Lines of accepted statements are their postings"
CLOSING = "Closing balances of accepted statements follow from their lines"
COUNTED = "What was counted in drawers"
SAFES = "What shifts took from the safe and brought to it"


@pytest.fixture
def shift(committed_db, samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def accepted(shift, cashier, accountant, owner):
    """Two lines: a payment, and a fee that was posted for its line; another stays open."""
    paid(cashier, "10.00")
    statement = imported(mt940((10, "A1", ""), ("-1.50", "A2", "fee"), opening="7"), accountant)
    post_line(line=statement.lines.get(position=2), purpose="fee", branch=Branch.objects.get(), by=accountant)
    accept_statement(statement=statement, by=owner)
    imported(mt940((3, "A3", "")), accountant)
    assert not ledger_disagreements()
    return statement


@pytest.mark.parametrize(
    ("change", "tables", "expected"),
    [
        ("UPDATE cashoffice_statementline SET amount = 11, matched = 11 WHERE position = 1 AND amount = 10",
         ("cashoffice_statementline",), [(LINES, 10, 11), (CLOSING, D("16.50"), D("15.50"))]),
        ("UPDATE cashoffice_match SET undone_at = now(), undone_by_id = matched_by_id, undo_reason = 'x' "
         "WHERE NOT is_manual", ("cashoffice_match",), [(LINES, 0, 10)]),
        ("UPDATE cashoffice_match SET amount = 9 WHERE NOT is_manual", ("cashoffice_match",), [(LINES, 9, 10)]),
        ("UPDATE cashoffice_statement SET closing = 20 WHERE status = 'accepted'",
         ("cashoffice_statement",), [(CLOSING, D("15.50"), 20)]),
        ("UPDATE cashoffice_statement SET left_out_sum = 1 WHERE status = 'accepted'",
         ("cashoffice_statement",), [(CLOSING, D("16.50"), D("15.50"))]),
        ("UPDATE cashoffice_statement SET left_out_sum = NULL WHERE status = 'accepted'",
         ("cashoffice_statement",), []),
        ("UPDATE cashoffice_statement SET closing = 20 WHERE status = 'open'", ("cashoffice_statement",), []),
    ],
)  # fmt: skip
def test_a_statement_that_was_changed_is_named_with_its_entry(accepted, change, tables, expected):
    as_owner(change, tables=tables)
    found = ledger_disagreements()
    assert [(str(one.label), one.ledger, one.elsewhere) for one in found] == expected
    assert all(str(accepted) in one.record for one in found)
    payment, fee = Entry.objects.get(kind=EntryKind.PAYMENT), Entry.objects.get(kind=EntryKind.STATEMENT_LINE)
    assert {one.label: one.entry_id for one in found} == {
        label: payment.pk if label == LINES else fee.pk for label, _ledger, _other in expected
    }


def test_a_posting_moved_to_another_account_is_found_by_its_line(accepted):
    as_owner(
        "UPDATE billing_posting SET account_id = (SELECT id FROM billing_account WHERE key = 'card') "
        "WHERE id = (SELECT posting_id FROM cashoffice_match WHERE NOT is_manual)",
        tables=("billing_posting",),
    )
    named = [(str(one.label), one.record) for one in ledger_disagreements()]
    assert named == [(LINES, f"{accepted} (1)")]


@pytest.mark.parametrize(
    ("change", "table", "expected"),
    [
        ("UPDATE billing_cashcount SET pieces = pieces + 1 WHERE stage = 'closing' AND denomination = 20",
         "billing_cashcount", [(COUNTED, 120, 100, "shift_closed")]),
        ("UPDATE billing_cashcount SET pieces = pieces + 1 WHERE stage = 'opening' AND denomination = 20",
         "billing_cashcount", [(COUNTED, 120, 100, "shift_opened")]),
        ("UPDATE billing_shifttotal SET counted = 90, difference = 90 - expected WHERE currency = 'USD'",
         "billing_shifttotal", [(COUNTED, 100, 90, "shift_closed"), (SAFES, 100, 90, "shift_closed")]),
        ("UPDATE billing_shifttotal SET opening = 90 WHERE currency = 'USD'",
         "billing_shifttotal", [(COUNTED, 100, 90, "shift_opened"), (SAFES, -100, -90, "shift_opened")]),
        ("DELETE FROM billing_shifttotal WHERE currency = 'USD'", "billing_shifttotal",
         [(COUNTED, 100, 0, "shift_opened"), (COUNTED, 100, 0, "shift_closed"),
          (SAFES, -100, 0, "shift_opened"), (SAFES, 100, 0, "shift_closed")]),
    ],
)  # fmt: skip
def test_a_drawer_that_was_changed_is_named_with_its_entry(shift, cashier, change, table, expected):
    count_shift(shift=shift, counts=make.FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    assert not ledger_disagreements()
    as_owner(change, tables=(table,))
    found = ledger_disagreements()
    kinds = Entry.objects.in_bulk([one.entry_id for one in found])
    named = [(str(one.label), one.ledger, one.elsewhere, kinds[one.entry_id].kind) for one in found]
    assert named == expected
    assert {one.record for one in found} == {shift.number}


def test_an_account_that_differs_is_named_with_the_last_entry_that_moved_it(shift, accountant):
    line = imported(mt940((6, "A9", "who")), accountant).lines.get()
    post_line(line=line, purpose="unknown", branch=Branch.objects.get(), by=accountant)
    entry = Entry.objects.latest("pk")
    as_owner(f"UPDATE billing_entry SET kind = 'payment' WHERE id = '{entry.pk}'", tables=("billing_entry",))
    (found,) = ledger_disagreements()
    assert (found.ledger, found.elsewhere, found.entry_id) == (-6, 0, entry.pk)
