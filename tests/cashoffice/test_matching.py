"""Statements meet the ledger: sure pairs by themselves, the rest by a person, nothing twice, accepted by another."""

import datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Branch
from billing.errors import ReasonMissing
from billing.models import Account, Posting
from billing.pricing import Paid
from billing.queries.comparing import ledger_disagreements
from billing.services.payments import take_payment
from cashoffice.errors import (
    AcceptsOwnImport,
    AcceptsOwnMatches,
    LinesUnexplained,
    MatchTaken,
    MatchUnfit,
    NothingLeft,
    PartUnfit,
    StatementAccepted,
    StatementKnown,
    StatementUneven,
    StatementUnreadable,
)
from cashoffice.matching import SURE, Candidate, Wanted, confidence, pairs
from cashoffice.models import Match, Statement, StatementLine, StatementMapping
from cashoffice.queries.offers import suggestions
from cashoffice.queries.statements import adds_up, balances_of, free_postings, lines_of
from cashoffice.services.clearings import clear_receipt
from cashoffice.services.matches import match_by_hand, post_line, undo_match
from cashoffice.services.statements import accept_statement, import_statement, save_mapping
from core.clock import today
from tests.factories import billing as make

DAY = datetime.date(2026, 3, 2)
FILES = Path(__file__).parents[1] / "data" / "statements"


# --- The arithmetic of likeness ---


def wanted(key, amount, words="", date=DAY):
    return Wanted(key, date, D(amount), words)


def candidate(key, amount, *references, date=DAY):
    return Candidate(key, date, D(amount), references)


def test_a_reference_makes_sure_however_the_bank_writes_it():
    assert confidence(wanted(1, 10, "pay PP R2026 000001"), candidate(1, 10, "PP-R2026-000001")) == 100
    assert confidence(wanted(1, 10, "pay"), candidate(1, 10, "PP-R2026-000001")) < SURE
    assert confidence(wanted(1, 10, "AB"), candidate(1, 10, "AB")) < SURE  # too short to say anything


def test_another_amount_or_a_day_too_far_is_no_match():
    assert confidence(wanted(1, 10, "REF-1"), candidate(1, "10.01", "REF-1")) == 0
    assert confidence(wanted(1, 10, "REF-1"), candidate(1, -10, "REF-1")) == 0
    assert confidence(wanted(1, 10), candidate(1, 10, date=DAY - datetime.timedelta(days=11))) == 0
    assert confidence(wanted(1, 10), candidate(1, 10, date=DAY + datetime.timedelta(days=4))) == 0


def test_one_of_an_amount_is_sure_two_are_not():
    assert [pair.confidence for pair in pairs([wanted(1, 10)], [candidate("a", 10)])] == [SURE]
    both = pairs([wanted(1, 10), wanted(2, 10)], [candidate("a", 10), candidate("b", 10)])
    assert len(both) == 2
    assert all(pair.confidence < SURE for pair in both)


def test_the_reference_wins_over_the_nearer_day():
    lines = [wanted(1, 10, "FT-0001"), wanted(2, 10)]
    earlier = candidate("a", 10, "FT-0001", date=DAY - datetime.timedelta(days=2))
    found = {pair.line: pair.posting for pair in pairs(lines, [earlier, candidate("b", 10)])}
    assert found == {1: "a", 2: "b"}


amounts = st.sampled_from([D(1), D(2), D("2.50"), D(-1)])
days = st.integers(0, 14).map(lambda days: DAY + datetime.timedelta(days=days))


@given(st.lists(st.tuples(amounts, days), max_size=8), st.lists(st.tuples(amounts, days), max_size=8))
def test_nothing_is_paired_twice_and_only_equals(lines, postings):
    lines = [Wanted(place, day, amount, "") for place, (amount, day) in enumerate(lines)]
    postings = [Candidate(place, day, amount) for place, (amount, day) in enumerate(postings)]
    found = pairs(lines, postings)
    assert len({pair.line for pair in found}) == len({pair.posting for pair in found}) == len(found)
    assert all(lines[pair.line].amount == postings[pair.posting].amount for pair in found)


# --- Statements ---


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


def paid(cashier, amount, method="bank", reference=""):
    invoice = make.invoice((amount, "USD"), by=cashier)
    return take_payment(invoice=invoice, tenders=[Paid(method, "USD", D(amount), reference)], by=cashier)


def account(key):
    return Account.objects.get(key=key)


def mt940(*movements, opening="0"):
    """A statement in dollars of today: (amount, reference, text) each."""
    day = f"{today():%y%m%d}"
    total = D(opening) + sum(D(amount) for amount, _reference, _text in movements)
    rows = [":20:T", f":60F:{signed(opening, day)}"]
    for amount, reference, text in movements:
        sign, size = ("C", D(amount)) if D(amount) > 0 else ("D", -D(amount))
        rows.append(f":61:{day}{sign}{size:.2f}NTRFX//{reference}".replace(".", ","))
        rows.append(f":86:{text}")
    return "\n".join([*rows, f":62F:{signed(total, day)}", ""]).encode()


def signed(amount, day):
    amount = D(amount)
    return f"{'C' if amount >= 0 else 'D'}{day}USD{abs(amount):.2f}".replace(".", ",")


def imported(content, by, key="bank", **facts):
    return import_statement(account=account(key), content=content, file_name="march.sta", by=by, **facts)


def test_sure_lines_are_matched_when_they_come_in(shift, cashier, accountant):
    paid(cashier, "10.00", reference="FT-0001")
    paid(cashier, "10.00", reference="FT-0002")
    paid(cashier, "7.00")
    content = mt940((10, "B1", "from FT0002"), (10, "B2", "from FT0001"), (7, "B3", ""), ("-1.50", "B4", "fee"))
    statement = imported(content, accountant)
    assert [(line.amount, line.is_matched) for line in lines_of(statement)] == [
        (10, True), (10, True), (7, True), (D("-1.50"), False),
    ]  # fmt: skip
    first = Match.objects.get(line__position=1)
    assert first.posting.entry.payment.tenders.get().reference == "FT-0002"
    balances = balances_of(statement)
    assert (balances.bank, balances.ledger, balances.unexplained, balances.unseen) == (D("25.50"), 27, D("-1.50"), 0)
    connection.check_constraints()


def test_a_statement_is_explained_line_by_line_and_accepted_by_another(shift, cashier, accountant, owner):
    paid(cashier, "97.50", method="card")
    paid(cashier, "2.50", method="card")
    statement = imported(mt940(("98.00", "S1", "settlement"), (5, "S2", "who is this")), accountant, key="card")
    first, second = lines_of(statement)
    assert not first.matched
    with pytest.raises(LinesUnexplained):
        accept_statement(statement=statement, by=owner)
    postings = Posting.objects.filter(account__key="card")
    match_by_hand(line=first, postings=postings, by=accountant)
    branch = Branch.objects.get()
    post_line(line=first, purpose="fee", branch=branch, by=accountant)
    post_line(line=second, purpose="unknown", branch=branch, by=accountant)
    with pytest.raises(NothingLeft):
        post_line(line=second, purpose="fee", branch=branch, by=accountant)
    sums = {
        one.account.key: one.amount
        for one in Posting.objects.filter(entry__kind="statement_line").exclude(account__key="card")
    }
    assert sums == {"bank_fees": 2, "unknown_receipts": -5}
    with pytest.raises(AcceptsOwnImport):
        accept_statement(statement=statement, by=accountant)
    accept_statement(statement=statement, by=owner)
    with pytest.raises(StatementAccepted):
        undo_match(match=Match.objects.first(), reason="x", by=owner)
    assert balances_of(statement).difference_money.amount == 0
    assert not ledger_disagreements()


def test_a_posting_is_matched_once_and_only_of_its_account(shift, cashier, accountant):
    payment = paid(cashier, "10.00")
    statement = imported(mt940((4, "A1", ""), (6, "A2", "")), accountant)
    first, second = lines_of(statement)
    posting = Posting.objects.get(account__key="bank")
    with pytest.raises(MatchUnfit):
        match_by_hand(line=first, postings=[Posting.objects.filter(account__key="receivable").first()], by=accountant)
    match_by_hand(line=first, postings=[posting], by=accountant)
    with pytest.raises(MatchTaken):
        match_by_hand(line=second, postings=[posting], by=accountant)
    match = Match.objects.get()
    with pytest.raises(ReasonMissing):
        undo_match(match=match, reason="", by=accountant)
    undo_match(match=match, reason="wrong line", by=accountant)
    match_by_hand(line=second, postings=[posting], by=accountant)
    assert [(one.undo_reason, one.undone_at is None) for one in Match.objects.order_by("id")] == [
        ("wrong line", False),
        ("", True),
    ]
    assert suggestions(first) == []
    assert payment.number
    connection.check_constraints()


def test_a_posting_the_bank_booked_in_parts_is_matched_part_by_part(shift, cashier, accountant):
    paid(cashier, "10.00")
    posting = Posting.objects.get(account__key="bank")
    statement = imported(mt940((6, "A1", ""), (3, "A2", ""), (20, "A3", "")), accountant)
    first, second, third = lines_of(statement)
    with pytest.raises(PartUnfit):
        match_by_hand(line=third, postings=[posting], in_parts=True, by=accountant)
    match_by_hand(line=first, postings=[posting], in_parts=True, by=accountant)
    assert [(one.rest, likely) for one, likely in suggestions(second)] == [(4, 0)]
    assert balances_of(statement).unseen == 4
    match_by_hand(line=second, postings=[posting], in_parts=True, by=accountant)
    assert [(one.amount, one.money.amount) for one in Match.objects.order_by("id")] == [(6, 6), (3, 3)]
    rest = imported(mt940((1, "A4", "the rest of it")), accountant)  # nothing else is as likely
    assert lines_of(rest).get().is_matched
    assert not free_postings(statement)
    with pytest.raises(MatchTaken):
        match_by_hand(line=third, postings=[posting], by=accountant)
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(line=third, posting=posting, amount=D("0.01"), matched_by=accountant)
    undo_match(match=Match.objects.get(line=second), reason="x", by=accountant)
    assert [one.rest for one in free_postings(statement)] == [3]
    for wrong in (None, D("3.01"), D(-1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Match.objects.create(line=third, posting=posting, amount=wrong, matched_by=accountant)
    match_by_hand(line=third, postings=[posting], by=accountant)
    third.refresh_from_db()
    assert third.matched == 3
    connection.check_constraints()


def test_the_same_file_and_the_same_movement_come_once(shift, accountant):
    content = mt940((5, "A1", ""), (6, "A2", ""))
    imported(content, accountant)
    with pytest.raises(StatementKnown):
        imported(content, accountant)
    with pytest.raises(StatementKnown):
        imported(mt940((5, "A1", ""), (6, "A2", ""), opening="100"), accountant)
    longer = mt940((5, "A1", ""), (6, "A2", ""), (7, "A3", ""))
    statement = imported(longer, accountant)
    assert (statement.left_out, statement.left_out_sum, [line.amount for line in lines_of(statement)]) == (2, 11, [7])


def test_equal_movements_of_one_file_are_as_many_and_none_comes_twice(shift, cashier, accountant, owner):
    for _patient in range(2):
        paid(cashier, "10.00", method="card")
    batch = [(10, "BATCH-7", "")] * 2
    first = imported(mt940(*batch), accountant, key="card")
    assert ([line.amount for line in lines_of(first)], first.left_out) == ([10, 10], 0)
    with pytest.raises(StatementKnown):
        imported(mt940(*batch, opening="5"), accountant, key="card")
    later = imported(mt940(*batch, (10, "BATCH-7", ""), (4, "BATCH-8", "")), accountant, key="card")
    assert ([line.amount for line in lines_of(later)], later.left_out, later.left_out_sum) == ([10, 4], 2, 20)
    postings = list(Posting.objects.filter(account__key="card").order_by("pk"))
    for line, posting in zip(lines_of(first), postings, strict=True):
        if not line.is_matched:
            match_by_hand(line=line, postings=[posting], by=accountant)
    assert accept_statement(statement=first, by=owner).status == "accepted"


def test_movements_without_a_reference_come_once_though_the_files_overlap(shift, accountant):
    plain = [(5, "NONREF", "fee"), (-5, "NONREF", "back"), (5, "NONREF", "fee")]
    assert imported(mt940(*plain, opening="100"), accountant).lines.count() == 3
    with pytest.raises(StatementKnown):
        imported(mt940(*plain[1:], opening="105"), accountant)
    later = imported(mt940(*plain[2:], (5, "NONREF", "fee"), opening="100"), accountant)
    assert (later.left_out, [line.amount for line in lines_of(later)]) == (1, [5])
    elsewhere = imported(mt940(*plain[:1], opening="900"), accountant)  # the same day and amount, another moment
    assert (elsewhere.left_out, elsewhere.lines.count()) == (0, 1)


def test_parts_of_a_batch_with_one_reference_are_as_many(shift, accountant):
    content = (FILES / "bank_usd.camt053.xml").read_bytes()
    content = content.replace(b"E2E-1", b"BATCH").replace(b"E2E-2", b"BATCH")
    content = content.replace(b">20.00<", b">25.00<", 1).replace(b">30.00<", b">25.00<", 1)
    assert [line.amount for line in lines_of(imported(content, accountant))].count(25) == 2


def test_a_statement_whose_lines_do_not_lead_to_its_balance_is_not_accepted(shift, accountant, owner):
    statement = imported(mt940((5, "A1", "")), accountant)
    late = StatementLine.objects.create(
        statement=statement, position=2, date=today(), currency="USD", amount=2, fingerprint="x"
    )
    for line in lines_of(statement):
        post_line(line=line, purpose="income", branch=Branch.objects.get(), by=accountant)
    assert not adds_up(statement)
    with pytest.raises(StatementUneven):
        accept_statement(statement=statement, by=owner)
    with pytest.raises(IntegrityError, match="closing balance"), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(status="accepted", accepted_by=owner)
    assert late.statement == statement


@pytest.mark.parametrize("act", ["matched", "posted", "cleared"])
def test_whoever_explained_lines_does_not_accept_the_statement(shift, cashier, accountant, owner, admin, act):
    branch = Branch.objects.get()
    paid(cashier, "10.00")
    statement = imported(mt940((10, "A1", "")), accountant)
    line = lines_of(statement).get()
    match = Match.objects.get()
    undo_match(match=match, reason="to be said by hand", by=owner)
    if act == "matched":
        match_by_hand(line=line, postings=[match.posting], by=owner)
    elif act == "posted":
        post_line(line=line, purpose="unknown", branch=branch, by=owner)
    else:
        post_line(line=line, purpose="unknown", branch=branch, by=accountant)
        receipt = Posting.objects.get(account__key="unknown_receipts")
        clear_receipt(receipt=receipt, against=[match.posting], by=owner)
    with pytest.raises(AcceptsOwnMatches):
        accept_statement(statement=statement, by=owner)
    with pytest.raises(IntegrityError, match="explained lines"), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(status="accepted", accepted_by=owner)
    assert accept_statement(statement=statement, by=admin).accepted_by == admin


def test_what_was_undone_again_hinders_nobody(shift, cashier, accountant, owner):
    paid(cashier, "10.00")
    statement = imported(mt940((10, "A1", "")), accountant)
    line = lines_of(statement).get()
    undo_match(match=Match.objects.get(), reason="x", by=owner)
    post_line(line=line, purpose="income", branch=Branch.objects.get(), by=owner)
    undo_match(match=Match.objects.get(undone_at=None), reason="x", by=accountant)
    match_by_hand(line=line, postings=[Posting.objects.get(entry__kind="payment", account__key="bank")], by=accountant)
    assert accept_statement(statement=statement, by=owner).status == "accepted"


def test_files_of_all_formats_come_in(shift, accountant):
    mapping = save_mapping(
        facts={
            "name": "Card", "currency": "USD", "delimiter": ";", "date_column": "Date", "date_format": "%d/%m/%Y",
            "credit_column": "Credit", "debit_column": "Debit", "reference_column": "Reference",
            "text_column": "Description", "decimal_comma": True,
        },
        by=accountant,
    )  # fmt: skip
    assert StatementMapping.objects.get() == mapping
    for name, key in (("bank_usd.camt053.xml", "bank"), ("bank_khr.mt940", "bank"), ("card_usd.csv", "card")):
        statement = imported((FILES / name).read_bytes(), accountant, key=key, mapping=mapping)
        assert statement.lines.count() >= 2
    assert {one.source for one in Statement.objects.all()} == {"camt053", "mt940", "csv"}
    with pytest.raises(StatementUnreadable) as refused:
        imported(b"<html>", accountant)
    assert "no plain XML" in str(refused.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cashoffice_statementline SET amount = 1",
        "UPDATE cashoffice_statementline SET matched = amount",
        "DELETE FROM cashoffice_statementline",
        "UPDATE cashoffice_statement SET status = 'accepted', accepted_by_id = imported_by_id",
        "UPDATE cashoffice_match SET line_id = (SELECT id FROM cashoffice_statementline WHERE position = 2)",
        "DELETE FROM cashoffice_match",
        "UPDATE cashoffice_match SET undone_at = now(), undone_by_id = matched_by_id, undo_reason = 'x'",
    ],
)
def test_raw_sql_changes_nothing_of_it(shift, cashier, accountant, statement):
    paid(cashier, "10.00")
    imported(mt940((10, "A1", ""), (6, "A2", "")), accountant)
    connection.check_constraints()
    with pytest.raises(IntegrityError):
        run_to_the_end(statement)


def run_to_the_end(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()


# --- Races ---


def test_two_lines_that_reach_for_one_posting_get_it_once(committed_db, samaki, cashier, accountant, admin, race):
    make.rate(4100)
    make.shift(cashier)
    paid(cashier, "10.00")
    posting = Posting.objects.get(account__key="bank")
    lines = [imported(mt940((3, "A1", "")), accountant).lines.get(), imported(mt940((4, "A2", "")), admin).lines.get()]
    outcome = race(
        *[lambda one=one: match_by_hand(line=one, postings=[posting], by=accountant) for one in lines], times=2
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} <= {MatchTaken, NothingLeft}
    assert Match.objects.count() == 1


def test_parts_never_come_to_more_than_the_posting(committed_db, samaki, cashier, accountant, admin, race):
    make.rate(4100)
    make.shift(cashier)
    paid(cashier, "10.00")
    posting = Posting.objects.get(account__key="bank")
    lines = [imported(mt940((6, "A1", "")), accountant).lines.get(), imported(mt940((7, "A2", "")), admin).lines.get()]
    outcome = race(
        *[lambda one=one: match_by_hand(line=one, postings=[posting], in_parts=True, by=accountant) for one in lines],
        times=2,
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} <= {PartUnfit, NothingLeft}
    assert Match.objects.count() == 1


def test_nobody_accepts_what_they_explain_at_the_same_moment(
    committed_db, samaki, cashier, accountant, owner, admin, race
):
    make.rate(4100)
    statement = imported(mt940((6, "A1", "")), accountant)
    line, branch = lines_of(statement).get(), Branch.objects.get()
    outcome = race(
        lambda: post_line(line=line, purpose="income", branch=branch, by=owner),
        lambda: accept_statement(statement=statement, by=owner),
        times=4,
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} <= {NothingLeft, LinesUnexplained, AcceptsOwnMatches}
    assert accept_statement(statement=statement, by=admin).accepted_by == admin


def test_one_file_imported_by_two_at_once_comes_once(committed_db, samaki, cashier, accountant, admin, race):
    make.rate(4100)
    make.shift(cashier)
    paid(cashier, "10.00")
    content = mt940((10, "A1", ""))
    outcome = race(lambda: imported(content, accountant), lambda: imported(content, admin), times=2)
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {StatementKnown}
    assert StatementLine.objects.count() == Match.objects.count() == 1
